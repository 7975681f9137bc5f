import type { AddressImage } from './host-image';

/** What the kernel prints for a lifetime without end. */
const FOR_EVER = 4_294_967_295;

/** The address by which an interface speaks to its neighbours. The kernel makes it, when the interface comes up. */
export function isLinkLocal({ family, scope }: AddressImage): boolean {
  return family === 'inet6' && scope === 'link';
}

/** What tells two addresses apart, less what runs by itself. */
export function addressKey(image: AddressImage, dev: string): string {
  const { valid_life_time: _valid, preferred_life_time: _preferred, ...rest } = image;
  return addressWords(rest, dev);
}

/**
 * An address in the words of `ip addr`: `10.0.0.5/24 brd 10.0.0.255 dev eth0 scope global`.
 *
 * @param dev where it is to be; a label that names its former place is left out
 */
export function addressWords(image: AddressImage, dev: string): string {
  const { family, local, prefixlen, address, broadcast, scope, label, metric } = image;
  const isEnding = (image.valid_life_time ?? FOR_EVER) < FOR_EVER;
  return [
    addressName({ local, prefixlen, address }),
    ...given('broadcast', broadcast),
    'dev',
    dev,
    ...given('scope', scope),
    ...(label?.startsWith(`${dev}:`) ? ['label', label] : []),
    ...given('metric', metric),
    ...(isEnding ? ['valid_lft', String(image.valid_life_time)] : []),
    ...(isEnding ? ['preferred_lft', String(image.preferred_life_time ?? 0)] : []),
    ...(image.noprefixroute ? ['noprefixroute'] : []),
    ...(image.mngtmpaddr ? ['mngtmpaddr'] : []),
    ...(family === 'inet6' && image.nodad ? ['nodad'] : []),
  ].join(' ');
}

/** An address as it is removed. */
export function addressName({
  local,
  prefixlen,
  address,
}: Pick<AddressImage, 'local' | 'prefixlen' | 'address'>): string {
  return address === undefined ? `${local}/${prefixlen}` : `${local} peer ${address}/${prefixlen}`;
}

function given(word: string, value: unknown): string[] {
  return value === undefined ? [] : [word, String(value)];
}
