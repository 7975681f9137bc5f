import {
  type Attachment,
  DEFAULT_NETWORK_ANNOTATION,
  NETWORKS_ANNOTATION,
  networksAnnotation,
} from './attachment';

/** API group and version of admission policies: Kubernetes 1.30 and newer. */
export const POLICY_API_VERSION = 'admissionregistration.k8s.io/v1';

/** One attachment that was written from a claim, and the pods that it was written for. */
export interface ClaimedAttachment {
  /** Undefined where nobody knows before the manifest is applied: pods of any namespace. */
  readonly podNamespace?: string | undefined;
  /** What the pods' names match: see {@link podNamePattern}. */
  readonly podName: string;
  /** As it stands in the pods' annotation: see {@link attachmentText}. */
  readonly text: string;
}

/** Who may attach to a network's twin for claimed addresses. */
export interface ClaimedPolicyDefinition {
  /** Namespace of the twin. */
  readonly namespace: string;
  /** Name of the twin, e.g. `lan-claimed`. */
  readonly name: string;
  /** Name of the network itself, for the message. */
  readonly network: string;
  /** Where Multus looks for a default network that is named without a namespace. */
  readonly multusNamespace: string;
  readonly attachments: readonly ClaimedAttachment[];
}

/**
 * Name of the policy and of its binding. A namespace has no dot in its name, so that no two twins
 * have one policy.
 */
export function claimedPolicyName(namespace: string, twin: string): string {
  return `netloom-${namespace}.${twin}`;
}

/** Pods that a workload makes: `web`, `db-0`, `web-6d4cf56db6-x8vzq`; a long name is cut before its end. */
export function podNamePattern(kind: string, name: string): string {
  if (kind === 'Pod') return `^${escaped(name)}$`;
  if (kind === 'StatefulSet') return `^${escaped(name)}-[0-9]+$`;
  // The API server keeps 58 characters of what is in front of the generated ones.
  const isCut = name.length > 46;
  return isCut
    ? `^${escaped(`${name}-`.slice(0, 58))}[a-z0-9-]*$`
    : `^${escaped(name)}-[a-z0-9]+-[a-z0-9]{5}$`;
}

/** An attachment as it stands in a `networks` annotation in JSON form, braces and blanks included. */
export function attachmentText(attachment: Attachment, podNamespace: string | undefined): string {
  const list = networksAnnotation([attachment], podNamespace);
  return list.slice(list.indexOf('{'), list.lastIndexOf('}') + 1);
}

/**
 * The `spec` of a ValidatingAdmissionPolicy that denies pods which name the twin in any other way
 * than by an attachment that was written for them.
 *
 * CEL can't read JSON. So the policy counts how often the annotation names the twin, as a whole word,
 * and how many of those are accounted for by texts that are known; both have to be the same.
 */
export function claimedPolicySpec(definition: ClaimedPolicyDefinition): object {
  const { namespace, name, network } = definition;
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pods'],
        },
      ],
    },
    matchConditions: [
      { name: 'names-networks', expression: `has(object.metadata.annotations) && ${anyKey(HAS)}` },
      // What is running keeps its annotation when the claims change: it must stay changeable.
      {
        name: 'changes-networks',
        expression: `request.operation == "CREATE" || !has(oldObject.metadata.annotations) || ${anyKey(CHANGED)}`,
      },
    ],
    variables: [
      { name: 'networks', expression: annotation(NETWORKS_ANNOTATION) },
      { name: 'defaultNetwork', expression: annotation(DEFAULT_NETWORK_ANNOTATION) },
      ...textsOfPod(definition.attachments),
    ],
    validations: [
      {
        expression: `!(variables.networks + variables.defaultNetwork).matches(${quoted(ESCAPED_NAME)})`,
        message: `An annotation that names networks must not spell letters as \\u....: it could hide the network "${namespace}/${name}".`,
      },
      {
        expression: isAccountedFor(
          'networks',
          `request.namespace == ${quoted(namespace)}`,
          definition,
        ),
        message: denied(namespace, name, network),
      },
      {
        expression: isAccountedFor(
          'defaultNetwork',
          String(namespace === definition.multusNamespace),
          definition,
        ),
        message: denied(namespace, name, network),
      },
    ],
  };
}

/** The `spec` of the policy's binding. */
export function claimedPolicyBindingSpec(namespace: string, twin: string): object {
  return { policyName: claimedPolicyName(namespace, twin), validationActions: ['Deny'] };
}

const HAS = 'k in object.metadata.annotations';
const CHANGED = `${HAS} && (!(k in oldObject.metadata.annotations) || object.metadata.annotations[k] != oldObject.metadata.annotations[k])`;

/** JSON escapes of a-z, 0-9, `-`, `.`: of what names are made of, and nothing that Go escapes by itself. */
const ESCAPED_NAME = '\\\\u00(2[dDeE]|3[0-9]|6[1-9a-fA-F]|7[0-9aA])';

function anyKey(condition: string): string {
  return `[${quoted(NETWORKS_ANNOTATION)}, ${quoted(DEFAULT_NETWORK_ANNOTATION)}].exists(k, ${condition})`;
}

function annotation(key: string): string {
  return `${quoted(key)} in object.metadata.annotations ? object.metadata.annotations[${quoted(key)}] : ""`;
}

/**
 * Variables `texts` to `texts9` and so on: triples of namespace, name and text; of these the texts of
 * the pod in question.
 */
function textsOfPod(attachments: readonly ClaimedAttachment[]): object[] {
  const triples = attachments
    .map(({ podNamespace = '', podName, text }) => [podNamespace, podName, text])
    .map((triple) => `[${triple.map(quoted).join(', ')}]`)
    .sort();
  const parts = inParts(triples).map((part, index) => ({
    name: `texts${index}`,
    expression: `[\n${part.join(',\n')}\n].filter(c, (c[0] == "" || c[0] == request.namespace) && object.metadata.name.matches(c[1])).map(c, c[2])`,
  }));
  // CEL wants to know what is in a list, also in an empty one.
  const none = '[""].filter(t, t != "")';
  const all = parts.map(({ name }) => `variables.${name}`).join(' + ');
  return [...parts, { name: 'texts', expression: all || none }];
}

/** CEL refuses expressions of more than 100,000 characters. */
const PART = 50_000;

function inParts(lines: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = PART;
  for (const line of lines) {
    if (length + line.length > PART) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(line);
    length += line.length;
  }
  return parts;
}

/** @param isNear CEL: whether a name without namespace means this one */
function isAccountedFor(
  variable: string,
  isNear: string,
  { namespace, name }: ClaimedPolicyDefinition,
): string {
  const text = `variables.${variable}`;
  const known = `variables.texts.map(t, ${text}.split(t).size() - 1).sum()`;
  const named = (pattern: string): string =>
    `${text}.lowerAscii().findAll(${quoted(pattern)}).size() == ${known}`;
  const here = `${isNear} ? ${named(nearWord(namespace, name))}`;
  return `${here} : (!${text}.lowerAscii().matches(${quoted(word(namespace))}) || ${named(word(name))})`;
}

/** A name that is not part of a longer one. */
function word(name: string): string {
  return `(^|[^a-z0-9.-])${escaped(name)}([^a-z0-9.-]|$)`;
}

/** The same, but not of another namespace in the short form. */
function nearWord(namespace: string, name: string): string {
  return `(^|[^a-z0-9./-]|(^|[^a-z0-9.-])${escaped(namespace)}\\s*/\\s*)${escaped(name)}([^a-z0-9.-]|$)`;
}

function denied(namespace: string, name: string, network: string): string {
  return `"${namespace}/${name}" takes any address, so only pods with a claim may attach to it, by exactly the attachment that netloom wrote for them. Attach to "${network}", or claim an address in the program that makes it.`;
}

const escaped = (name: string): string => name.replaceAll('.', '\\.');

/** As a text of CEL, which has all the escapes that JSON has. */
const quoted = (text: string): string => JSON.stringify(text);
