import type { KnownIpam } from '../cni';

/** The settings whose value is one address. */
const ADDRESS_KEYS: readonly string[] = ['rangeStart', 'rangeEnd', 'gateway', 'gw'];

/**
 * What Go makes of the settings of an IPAM: it takes an empty text for no address. In a program an
 * empty text is a mistake.
 */
export function withoutEmptyAddresses(ipam: KnownIpam): KnownIpam {
  const settings: unknown = ipam.settings;
  return hasEmpty(settings) ? ({ ...ipam, settings: without(settings) } as KnownIpam) : ipam;
}

function isEmpty(name: string, value: unknown): boolean {
  return value === '' && ADDRESS_KEYS.includes(name);
}

/** What netloom does not know stays as it is. */
function hasEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, one]) => name !== 'extra' && (isEmpty(name, one) || hasEmpty(one)),
  );
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, one]) => !isEmpty(name, one));
  return Object.fromEntries(
    kept.map(([name, one]) => [name, name === 'extra' ? one : without(one)]),
  );
}
