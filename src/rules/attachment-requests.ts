import { isMembers } from '../cni';
import { type Problem, within } from '../errors';
import {
  ATTACHMENT,
  type Attachment,
  type AttachmentBandwidth,
  type NetworkDefinition,
} from '../kubernetes';
import type { AttachmentOptions } from './attachments';
import { declares } from './capabilities';
import { checkKeys } from './keys';
import { checkMac } from './macs';
import { checkSysctls } from './tuning';
import { ignored } from './unknown-keys';

/** Everything wrong with what an attachment asks for, but for addresses and next hops. */
export function checkRequests(
  attachment: Attachment,
  network: NetworkDefinition | undefined,
  options: AttachmentOptions,
): Problem[] {
  if (isPlain(attachment)) return [];
  return [
    ...checkMembers(attachment, options),
    ...checkPodMac(attachment.mac, network),
    ...checkCapabilities(attachment, network),
    ...(options.verbatim ? checkProtocols(attachment) : []),
    ...within('bandwidth', checkBandwidth(attachment.bandwidth)),
    ...checkTuned(attachment.cniArgs?.['sysctl'], network),
  ];
}

/** What most ask for: nothing but names and addresses. */
function isPlain(attachment: Attachment): boolean {
  const { name, namespace, interface: ifname, ips, defaultRoute, ...others } = attachment;
  return Object.values(others).every((value) => value === undefined);
}

/** Types, limits and unknown keys. */
function checkMembers(attachment: Attachment, options: AttachmentOptions): Problem[] {
  return checkKeys(ATTACHMENT, attachment, options).map((problem) =>
    problem.code === 'NL_TYPE_WRONG'
      ? {
          ...problem,
          found: problem.found.replace(
            /the plugin refuses .*$/,
            'Multus refuses the whole annotation',
          ),
        }
      : problem,
  );
}

function checkPodMac(mac: string | undefined, network: NetworkDefinition | undefined): Problem[] {
  if (mac === undefined) return [];
  if (network?.link.kind !== 'ipvlan') return checkMac('mac', mac);
  return [
    ignored(
      'mac',
      `"${mac}" is asked for on an ipvlan network, whose interfaces all have the master's MAC address`,
      'leave mac out, or use MacvlanNetwork',
    ),
  ];
}

/** tuning puts them into the settings of the network; where it has none, it crashes. */
function checkTuned(sysctl: unknown, network: NetworkDefinition | undefined): Problem[] {
  const tunings = network?.chain?.filter((one) => one.kind === 'tuning') ?? [];
  if (!isMembers(sysctl) || Object.keys(sysctl).length === 0 || tunings.length === 0) return [];
  const wrong = within('cniArgs', checkSysctls(sysctl));
  if (tunings.every(({ settings }) => settings.sysctl !== undefined)) return wrong;
  return [
    ...wrong,
    {
      code: 'NL_SYSCTL_INVALID',
      key: 'cniArgs.sysctl',
      found: `kernel settings are asked for, and tuning of network "${network?.name}" has none of its own: the plugin crashes (assignment to entry in nil map)`,
      allowed: 'a network whose tuning has "sysctl", be it empty',
      fix: 'give its tuning "sysctl": {}, or write the settings there',
    },
  ];
}

/** What no plugin gets unless it says so; addresses and MACs go another way as well (CNI_ARGS). */
const NEEDED: readonly (readonly [member: keyof Attachment, capability: string, plugin: string])[] =
  [
    ['portMappings', 'portMappings', 'portmap'],
    ['bandwidth', 'bandwidth', 'bandwidth'],
    ['infinibandGuid', 'infinibandGUID', 'ib-sriov'],
  ];

function checkCapabilities(
  attachment: Attachment,
  network: NetworkDefinition | undefined,
): Problem[] {
  if (!network) return [];
  return NEEDED.flatMap(([member, capability, plugin]): Problem[] => {
    const asked = attachment[member];
    if (asked === undefined || (Array.isArray(asked) && asked.length === 0)) return [];
    if (declares(network, capability)) return [];
    return [
      {
        code: 'NL_CAPABILITY_MISSING',
        key: member,
        found: `${member} is asked for, and no plugin of network "${network.name}" declares the capability ${capability}: nobody gets it`,
        allowed: `a network with a plugin that declares ${capability}`,
        fix: `chain ${plugin} with capabilities: { "${capability}": true }, or leave it out`,
      },
    ];
  });
}

/** Constructs write it out where it is left to them. */
function checkProtocols({ portMappings = [] }: Attachment): Problem[] {
  return portMappings.flatMap(({ protocol }, index): Problem[] => {
    if (protocol !== undefined) return [];
    return [
      {
        code: 'NL_KEY_MISSING',
        key: `portMappings[${index}].protocol`,
        found: 'no protocol is given, and the portmap plugin fails without one',
        allowed: 'tcp, udp or sctp',
        fix: '"protocol": "tcp"?',
      },
    ];
  });
}

const DIRECTIONS = [
  ['ingressRate', 'ingressBurst'],
  ['egressRate', 'egressBurst'],
] as const;

/** The plugin refuses half a limit. */
function checkBandwidth(bandwidth: AttachmentBandwidth | undefined): Problem[] {
  if (typeof bandwidth !== 'object' || bandwidth === null) return [];
  return DIRECTIONS.flatMap(([rate, burst]): Problem[] => {
    const [hasRate, hasBurst] = [Boolean(bandwidth[rate]), Boolean(bandwidth[burst])];
    if (hasRate === hasBurst) return [];
    const [given, missing] = hasRate ? [rate, burst] : [burst, rate];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: given,
        found: `${given} is set without ${missing}, which the bandwidth plugin refuses`,
        allowed: 'rate and burst of a direction, or neither',
        fix: hasRate ? `set ${missing} too, e.g. to a tenth of ${given}` : `set ${missing} too`,
      },
    ];
  });
}
