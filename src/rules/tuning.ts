import { keyOfSteps, type TuningSettings } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { checkMac } from './macs';

/** What tuning refuses beside its keys' own types and limits. */
export function checkTuning(settings: TuningSettings, network: NetworkDefinition): Problem[] {
  return [
    ...checkSysctls(settings.sysctl ?? {}),
    ...(settings.mac ? checkTunedMac(settings.mac, network) : []),
  ];
}

function checkTunedMac(mac: string, { link }: NetworkDefinition): Problem[] {
  if (link.kind !== 'ipvlan') return checkMac('mac', mac);
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'mac',
      found: `"${mac}" is to be set on ipvlan, whose interfaces all have the master's MAC address`,
      allowed: 'no mac on ipvlan',
      fix: 'leave mac out, or use macvlan',
    },
  ];
}

/** What stands for the interface in a name; only once. */
const IFNAME = 'IFNAME';

/** Kernel settings by their names; keys begin with `sysctl`. */
export function checkSysctls(sysctl: object): Problem[] {
  const seen = new Map<string, string>();
  return Object.keys(sysctl).flatMap((name): Problem[] => {
    const key = keyOfSteps(['sysctl', name]);
    const wrong = checkSysctl(key, name);
    if (wrong) return [wrong];
    const file = partsOf(name).join('/');
    const first = seen.get(file);
    if (first === undefined) {
      seen.set(file, name);
      return [];
    }
    return [
      problem(
        key,
        `"${name}" and "${first}" are one file, and the last to be written is left to chance`,
        'leave one of them out',
      ),
    ];
  });
}

/** Dots and slashes both separate. */
function partsOf(name: string): string[] {
  return name.split(/[./]/).filter((part) => part !== '');
}

function checkSysctl(key: string, name: string): Problem | undefined {
  const [first, ...rest] = partsOf(name);
  if (first !== 'net' || rest.length === 0 || name.includes('..')) {
    const isBare = first !== undefined && ['ipv4', 'ipv6', 'core', 'netfilter'].includes(first);
    return problem(
      key,
      `"${name}" is not below net., and only that belongs to a pod's network`,
      isBare ? `net.${name}?` : 'leave it out; set it in the pod, or on the node',
    );
  }
  if (name.split(IFNAME).length > 2) {
    return problem(
      key,
      `"${name}" has ${IFNAME} twice, and the plugin puts the interface in for the first one only`,
      `leave one ${IFNAME}`,
    );
  }
  return undefined;
}

function problem(key: string, found: string, fix: string): Problem {
  return {
    code: 'NL_SYSCTL_INVALID',
    key,
    found,
    allowed: `names below net., each once, such as net.ipv4.conf.${IFNAME}.arp_notify`,
    fix,
  };
}
