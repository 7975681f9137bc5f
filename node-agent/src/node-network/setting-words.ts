import { MAIN_TABLE, vlansIn } from './host-network';
import { placeOf, type SettingKey, type SettingValue } from './setting';

/** Names of options as people know them. */
const OPTION_WORDS: Readonly<Record<string, string>> = {
  stp_state: 'spanning tree protocol',
  mcast_snooping: 'multicast snooping',
  vlan_filtering: 'VLAN filtering',
  vlan_default_pvid: 'the VLAN of new ports',
  mode: 'the mode',
  ad_lacp_rate: 'the LACP rate',
  xmit_hash_policy: 'the hash policy',
  min_links: 'the least number of ports',
  primary: 'the primary port',
  miimon: 'the interval of looks at the carrier (ms)',
  updelay: 'the delay of a carrier that comes (ms)',
  downdelay: 'the delay of a carrier that goes (ms)',
};

/** Options that are on or off. */
const SWITCHES = ['stp_state', 'mcast_snooping', 'vlan_filtering'];

/** A change of a setting for people. @param isBack true when it brings back what was there before */
export function settingWords(
  key: SettingKey,
  from: SettingValue,
  to: SettingValue,
  isBack: boolean,
): string {
  const { kind, link, rest } = placeOf(key);
  const again = isBack ? ' back' : '';
  switch (kind) {
    case 'mtu':
      return `set the MTU of ${link}${again} to ${to}`;
    case 'mac':
      return `set the MAC address of ${link}${again} to ${to}`;
    case 'alias':
      return isBack
        ? `give bridge ${link} back: take netloom's mark off it`
        : `adopt bridge ${link}: mark it as netloom's`;
    case 'up':
      return `set ${link} ${to}${isBack && to === 'down' ? ', as it was' : ''}`;
    case 'master':
      if (to === '') return `release port ${link} from ${from}`;
      return `make ${link} a port of ${to}${isBack ? ' again' : ''}`;
    case 'option':
      return optionWords(link, rest[1] ?? '', to, again);
    case 'port':
      return `turn ${rest[0]} of port ${link}${again} ${to}`;
    case 'vlans':
      return vlanWords(link, rest.length > 0, from ?? '', to ?? '');
    case 'address':
      if (to === null) return `remove ${rest[0]} from ${link}`;
      return `${isBack ? 'put back' : 'add'} ${rest[0]} on ${link}`;
    case 'route':
      return routeText(link, rest, to, isBack);
    case 'sysctl':
      return `set ${rest[0]?.replaceAll('/', '.')}${again} to ${to}`;
  }
}

function optionWords(link: string, word: string, to: SettingValue, again: string): string {
  const what = OPTION_WORDS[word] ?? word;
  if (SWITCHES.includes(word))
    return `turn ${what} of ${link}${again} ${to === '1' ? 'on' : 'off'}`;
  return `set ${what} of ${link}${again} to ${to === '' ? 'none' : to}`;
}

function vlanWords(link: string, isSelf: boolean, from: string, to: string): string {
  const [before, after] = [vlansIn(from), vlansIn(to)];
  const added = [...after].filter(([id, text]) => before.get(id) !== text).map(([, text]) => text);
  const gone = [...before.keys()].filter((id) => !after.has(id));
  const parts = [
    ...(added.length === 0 ? [] : [`add VLAN ${short(added)}`]),
    ...(gone.length === 0 ? [] : [`remove VLAN ${short(gone.map(String))}`]),
  ];
  return `${parts.join(' and ')} ${isSelf ? `of bridge ${link} itself` : `of port ${link}`}`;
}

/** A trunk may have four thousand. */
function short(list: readonly string[]): string {
  if (list.length <= 6) return list.join(', ');
  return `${list.slice(0, 3).join(', ')} ... ${list.at(-1)} (${list.length})`;
}

function routeText(
  link: string,
  [dst, table, metric]: readonly string[],
  to: SettingValue,
  isBack: boolean,
): string {
  const place = [
    `route to ${dst}`,
    ...(to ? [to] : []),
    `out of ${link}`,
    ...(table === String(MAIN_TABLE) ? [] : [`in table ${table}`]),
    ...(metric === '0' || metric === '1024' ? [] : [`with metric ${metric}`]),
  ].join(' ');
  if (to === null) return `remove the ${place}`;
  return `${isBack ? 'put back' : 'add'} the ${place}`;
}
