import type { TargetVersions } from '../cni';
import { type Problem, within } from '../errors';
import { addressProblem, IpAddress, type IpFamily } from '../ipam';
import { type Attachment, interfaceNames, type NetworkDefinition } from '../kubernetes';
import { checkClaimed } from './attachment-claims';
import { checkIps } from './attachment-ips';
import { checkRequests } from './attachment-requests';
import { checkInnerMasters } from './inner-masters';
import { checkIfname, checkNamespace, checkObjectName } from './names';
import { checkNextHops, checkStaticRoutes } from './next-hops';
import { checkVrfTables } from './vrf-tables';

/** An attachment with what is known of its network. */
export interface AttachmentIntent {
  readonly attachment: Attachment;
  /** Undefined for a network that something else made. */
  readonly network?: NetworkDefinition | undefined;
  /** Set when the addresses come from a claim. */
  readonly claim?: ClaimIntent | undefined;
}

/** A claim as far as an attachment has to know it. */
export interface ClaimIntent {
  /** What to call it in messages. */
  readonly name: string;
  readonly network: NetworkDefinition;
  /** The families it has an address of; undefined while nobody knows. */
  readonly families?: readonly IpFamily[] | undefined;
}

/** How attachments are looked at. */
export interface AttachmentOptions {
  /** Releases that the nodes have. @default - any */
  readonly targetVersions?: TargetVersions | undefined;
  /** True for what somebody else wrote: unknown keys are told of. @default false */
  readonly verbatim?: boolean | undefined;
}

/** Everything wrong with the attachments of one pod. Keys begin with `attachments[N]`. */
export function checkAttachments(
  intents: readonly AttachmentIntent[],
  options: AttachmentOptions = {},
): Problem[] {
  const attachments = intents.map((intent) => intent.attachment);
  return [
    ...intents.flatMap((intent, index) =>
      within(`attachments[${index}]`, checkAttachment(intent, options)),
    ),
    ...checkInterfacesOnce(attachments),
    ...checkDefaultRoutes(attachments),
    ...checkVrfTables(intents),
    ...checkInnerMasters(intents),
  ];
}

function checkAttachment(intent: AttachmentIntent, options: AttachmentOptions): Problem[] {
  const { attachment, network, claim } = intent;
  return [
    ...(network ? [] : checkReference(attachment, options)),
    ...checkPodInterface(attachment.interface),
    ...checkRequests(attachment, network, options),
    ...checkNextHops(intent),
    ...checkStaticRoutes(intent),
    ...(claim ? checkClaimed(claim, intent) : checkAsked(attachment, network)),
  ];
}

/** Addresses of the wrong type are asked for, too: that is told already. */
function checkAsked(
  { ips, cniArgs, extra }: Attachment,
  network: NetworkDefinition | undefined,
): Problem[] {
  const isTold = Object.keys(extra ?? {}).some((key) => key.toLowerCase() === 'ips');
  return isTold ? [] : checkIps(ips, network, cniArgs?.['ips']);
}

/** The name of a network that something else made: nobody else looks at it. */
function checkReference(
  { name, namespace }: Attachment,
  { verbatim }: AttachmentOptions,
): Problem[] {
  // An element without a name makes the whole annotation unreadable, which is told as that.
  if (verbatim && name === '') return [];
  if (/^[^/]+\/[^/]+$/.test(name)) return [withNamespace(name)];
  return [
    ...checkObjectName('network.name', name),
    ...(namespace === undefined ? [] : checkNamespace('network.namespace', namespace)),
  ];
}

/** The short form in the place of a name. */
function withNamespace(text: string): Problem {
  const [namespace, name] = text.split('/');
  return {
    code: 'NL_NAME_INVALID',
    key: 'network.name',
    found: `"${text}" is not a name: the namespace stands beside it`,
    allowed: 'the name alone, and the namespace as such',
    fix: `name: ${name}, namespace: ${namespace}`,
  };
}

function checkPodInterface(name: string | undefined): Problem[] {
  if (name === undefined) return [];
  if (name !== 'eth0') return checkIfname('interface', name);
  return [
    {
      code: 'NL_INTERFACE_TWICE',
      key: 'interface',
      found: '"eth0" is the interface of the cluster network',
      allowed: 'another name',
      fix: 'net1?',
    },
  ];
}

function checkInterfacesOnce(attachments: readonly Attachment[]): Problem[] {
  const names = interfaceNames(attachments);
  const firsts = new Map<string, number>();
  return names.flatMap((name, index): Problem[] => {
    const first = firsts.get(name);
    if (first === undefined) {
      firsts.set(name, index);
      return [];
    }
    const unnamed = [first, index].find((one) => attachments[one]?.interface === undefined);
    const isSecond = unnamed === undefined || unnamed === first;
    const why = ` (attachments[${unnamed}] has no name, and is ${name} by its position)`;
    return [
      {
        code: 'NL_INTERFACE_TWICE',
        key: `attachments[${isSecond ? index : first}].interface`,
        found: `"${name}" is used twice in this pod${unnamed === undefined ? '' : why}`,
        allowed: 'one attachment per interface',
        fix: 'give one of them another name',
      },
    ];
  });
}

function checkDefaultRoutes(attachments: readonly Attachment[]): Problem[] {
  const seen = new Map<IpFamily, string>();
  return attachments.flatMap((attachment, index) =>
    (attachment.defaultRoute ?? []).flatMap((text, inner): Problem[] => {
      const key = `attachments[${index}].defaultRoute[${inner}]`;
      const address = IpAddress.tryParse(text);
      if (!address) return [addressProblem(key, text)];
      const before = seen.get(address.family);
      if (before === undefined) {
        seen.set(address.family, key);
        return [];
      }
      return [
        {
          code: 'NL_DEFAULT_ROUTE_TWICE',
          key,
          found: `"${text}" is a second IPv${address.family} default route of this pod (the first is ${before})`,
          allowed: 'one of each family over all attachments (Multus does not support ECMP)',
          fix: 'leave one of them out',
        },
      ];
    }),
  );
}
