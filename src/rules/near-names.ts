import { distance } from 'fastest-levenshtein';

/** A name without what is a matter of taste: `range_start` is `rangestart`. */
export const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

/** One begins with the other, and most of its letters are there. */
export function isBeginning(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 4 && short.length * 2 > long.length && long.startsWith(short);
}

/** Words that other programs have for a key, and people for an option. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  gw: ['gateway', 'nexthop', 'via'],
  dst: ['destination', 'to', 'cidr', 'network'],
  priority: ['metric'],
  master: ['parent', 'interface', 'iface', 'device', 'dev', 'link', 'nic'],
  nameservers: ['servers'],
  search: ['searches', 'domains'],
  address: ['ip', 'cidr'],
  range: ['subnet', 'cidr', 'network'],
  subnet: ['range', 'cidr', 'network'],
  exclude: ['excludes', 'excludeips', 'reserved'],
  ips: ['ip', 'ipaddress', 'ipaddresses', 'iprequest', 'address', 'addresses'],
  mac: ['macaddress', 'macrequest', 'hwaddr'],
  interface: ['ifname', 'iface', 'nic'],
  defaultRoute: ['gateway', 'gateways', 'defaultgateway'],
};

/** The name that another word is used for; undefined for none. */
export function otherWord(names: Iterable<string>, given: string): string | undefined {
  const word = plain(given);
  for (const name of names) if (OTHER_WORDS[name]?.includes(word)) return name;
  return undefined;
}

/** The name that another one is a slip of, or another word for; undefined for none. */
export function meantName(names: Iterable<string>, given: string): string | undefined {
  const word = plain(given);
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const name of names) {
    const other = plain(name);
    const slips = distance(other, word);
    const most = Math.min(other.length, word.length) < 5 ? 1 : 2;
    const isNear = word.length >= 3 && slips <= most;
    if (!isNear && !isBeginning(other, word)) continue;
    if (best === undefined || slips < best.slips) best = { name, slips };
  }
  return best?.name ?? otherWord(names, given);
}
