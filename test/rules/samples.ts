import {
  type AttachmentIntent,
  type BridgeSettings,
  type HeldAddresses,
  type HostLocalRange,
  type HostLocalSettings,
  holdAddresses,
  type IpamConfig,
  type LinkConfig,
  type NamedClaim,
  type NetworkDefinition,
  type Problem,
} from 'netloom';

export const V4: HostLocalRange = {
  subnet: '10.10.0.0/24',
  rangeStart: '10.10.0.20',
  rangeEnd: '10.10.0.119',
  gateway: '10.10.0.254',
};
export const V6: HostLocalRange = {
  subnet: 'fd00:10::/64',
  rangeStart: 'fd00:10::20',
  rangeEnd: 'fd00:10::ff',
};
export const POOL: HostLocalSettings = {
  ranges: [V4, V6],
  claimable: ['10.10.0.100-10.10.0.119', 'fd00:10::80/121'],
};

export const hostLocal = (settings: HostLocalSettings = POOL): IpamConfig => ({
  kind: 'host-local',
  settings,
});
export const NONE: IpamConfig = { kind: 'none' };
export const DHCP: IpamConfig = { kind: 'dhcp', settings: {} };
export const STATIC: IpamConfig = { kind: 'static', settings: {} };

export const bridge = (settings: BridgeSettings = { bridge: 'br-test' }): LinkConfig => ({
  kind: 'bridge',
  settings,
});

/** Nothing is wrong with it: dual stack, on a bridge, with a claimable part. */
export const network = (more: Partial<NetworkDefinition> = {}): NetworkDefinition => ({
  name: 'lan',
  namespace: 'apps',
  link: bridge(),
  ipam: hostLocal(),
  ...more,
});

export const attached = (
  to: NetworkDefinition | undefined,
  more: Partial<AttachmentIntent['attachment']> = {},
): AttachmentIntent => ({
  network: to,
  attachment: { name: to?.name ?? 'other', namespace: to?.namespace, ...more },
});

/** What a case wants: `CODE key` of each problem. */
export const codesAndKeys = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, key }) => `${code} ${key}`);

/** The addresses of claims that were made before. */
export function heldBy(...claims: NamedClaim[]): HeldAddresses {
  const held: HeldAddresses = new Map();
  for (const claim of claims) holdAddresses(claim, held);
  return held;
}
