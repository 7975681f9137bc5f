import type { LinkImage } from './host-image';

/**
 * What makes an interface anew that is gone, as far as a command can; undefined for one that it can't:
 * hardware, and what has its other end in another network namespace. Options come afterwards.
 */
export function remakeLine(image: LinkImage): string | undefined {
  const { ifname, link, linkinfo, link_netnsid: elsewhere } = image;
  const data = linkinfo?.info_data ?? {};
  const add = (what: string, on = ''): string => `link add ${on}name ${ifname} ${what}`;
  if (elsewhere !== undefined) return undefined;
  const address = image.address === undefined ? '' : `address ${image.address} `;
  switch (linkinfo?.info_kind) {
    case 'bridge':
      return add(`${address}type bridge`);
    case 'dummy':
      return add(`${address}type dummy`);
    case 'veth':
      return link == null ? undefined : add(`${address}type veth peer name ${link}`);
    case 'vlan':
      if (link == null || data['id'] === undefined) return undefined;
      return add(`${address}type vlan ${vlanWords(data)}`, `link ${link} `);
    case 'macvlan':
      if (link == null) return undefined;
      return add(`${address}type macvlan mode ${data['mode'] ?? 'bridge'}`, `link ${link} `);
    case 'bond':
      return add(`${address}type bond mode ${data['mode']}`);
    default:
      return undefined;
  }
}

function vlanWords(data: NonNullable<NonNullable<LinkImage['linkinfo']>['info_data']>): string {
  const protocol = data['protocol'] === undefined ? '' : `protocol ${data['protocol']} `;
  return `${protocol}id ${data['id']}`;
}
