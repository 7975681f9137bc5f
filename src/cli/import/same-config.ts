import { isMembers, MISSING_CNI_VERSION } from '../../cni';

type Members = Record<string, unknown>;

/** Maps whose keys are names that somebody chose: Go keeps their case. */
const MAPS: readonly string[] = ['capabilities', 'sysctl'];

/**
 * True for two CNI configurations that mean the same to Multus and the plugins: keys without regard
 * to case, as Go matches them; null and left out, no capability and no capabilities are the same;
 * a missing name is the network's, a missing version 0.1.0.
 */
export function meanSame(a: unknown, b: unknown, name: string): boolean {
  return isSameJson(meaning(a, name), meaning(b, name));
}

/** True for two values of JSON that differ in the order of keys at most. */
export function isSameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function meaning(config: unknown, name: string): unknown {
  if (!isMembers(config)) return config;
  const members = plain(config) as Members;
  return {
    ...members,
    name: members['name'] || name,
    cniversion: members['cniversion'] || MISSING_CNI_VERSION,
  };
}

function plain(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (!isMembers(value)) return value;
  const isMap = MAPS.includes(key);
  const members: Members = {};
  for (const [name, one] of Object.entries(value)) {
    const lower = isMap ? name : name.toLowerCase();
    if (one === null || isNothing(lower, one)) continue;
    members[lower] = SWITCHES.includes(lower) ? String(one).toLowerCase() : plain(one, lower);
  }
  return members;
}

/** Switches of a list, off by default, which may be texts as well. */
const SWITCHES: readonly string[] = ['disablecheck', 'disablegc'];

/** No capabilities, an IPAM without a type, and a switch that is off, are as good as none. */
function isNothing(key: string, value: unknown): boolean {
  if (SWITCHES.includes(key)) return String(value).toLowerCase() === 'false';
  const isEmpty = isMembers(value) && Object.keys(value).length === 0;
  return isEmpty && (key === 'capabilities' || key === 'ipam');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMembers(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
