import { parseRelease } from '../../cni';
import { describeProblem } from '../../errors';
import { checkCidr } from '../../ipam';
import { PLATFORM_NAMES, type PlatformFacts, platformFacts } from '../../kubernetes';
import type { CheckOptions } from '../../rules';
import type { Format } from '../formats';
import { UsageError } from '../usage-error';

/** Options of `netloom check`, as they are written. */
export interface CheckArguments {
  readonly format: Format;
  /** Makes warnings errors. */
  readonly strict: boolean;
  /** Leaves out warnings and the closing line. */
  readonly quiet: boolean;
  /** File that names a cluster, whose objects are checked instead of files. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig. @default - its current one */
  readonly context?: string;
  /** Namespaces of the cluster that are looked at. @default - all, and what is in none */
  readonly namespace?: readonly string[];
  readonly platform?: string;
  readonly plugins?: string;
  readonly multus?: string;
  readonly whereabouts?: string;
  /** How many nodes run pods with secondary networks. @default - those of a cluster, else unknown */
  readonly nodes?: string;
  /** The cluster's own networks. @default - unknown */
  readonly podCidr?: readonly string[];
  readonly serviceCidr?: readonly string[];
  readonly nodeCidr?: readonly string[];
}

/** What a namespace may be called. It becomes a part of a path. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * What the options say of the cluster.
 *
 * @throws UsageError for what can't be meant
 */
export function checkOptions(given: CheckArguments): CheckOptions {
  return {
    platform: given.platform === undefined ? undefined : platformNamed(given.platform),
    targetVersions: targetVersions(given),
    nodes: given.nodes === undefined ? undefined : numberOfNodes(given.nodes),
    podCidrs: cidrs('--pod-cidr', given.podCidr),
    serviceCidrs: cidrs('--service-cidr', given.serviceCidr),
    nodeCidrs: cidrs('--node-cidr', given.nodeCidr),
    // Where only some namespaces are looked at, networks may be in others.
    isComplete: given.kubeconfig !== undefined && given.namespace === undefined,
  };
}

/**
 * The namespaces to look at; none for all.
 *
 * @throws UsageError for a text that is no name of one
 */
export function namespacesOf({ namespace = [] }: CheckArguments): string[] {
  const wrong = namespace.find((name) => !NAMESPACE.test(name));
  if (wrong === undefined) return [...new Set(namespace)];
  throw new UsageError(
    `--namespace: "${wrong}" is no name of a namespace; write small letters, digits and -, such as prod`,
  );
}

function targetVersions({ plugins, multus, whereabouts }: CheckArguments) {
  const releases = { plugins, multus, whereabouts };
  for (const [component, release] of Object.entries(releases)) {
    if (release === undefined || parseRelease(release)) continue;
    throw new UsageError(`--${component}: "${release}" is no release; write one like 1.6.2`);
  }
  return releases;
}

/** @throws UsageError for a name that is none */
export function platformNamed(name: string): PlatformFacts {
  const known = PLATFORM_NAMES.find((one) => one === name);
  if (known) return platformFacts(known);
  throw new UsageError(`--platform: "${name}" is none of ${PLATFORM_NAMES.join(', ')}`);
}

function numberOfNodes(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--nodes: "${text}" is no number of nodes; write a whole one, such as 3`);
}

function cidrs(option: string, texts: readonly string[] = []): readonly string[] {
  for (const text of texts) {
    const problem = checkCidr(option, text);
    if (problem) throw new UsageError(describeProblem(problem));
  }
  return texts;
}
