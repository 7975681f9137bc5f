/** A key that a plugin reads. */
export interface PluginKey {
  readonly plugin: string;
  readonly key: string;
  /** Release of the plugins that brought it; from 0.9.1 when not given. */
  readonly since?: string;
}

function keysOf(plugin: string, keys: Readonly<Record<string, string | true>>): PluginKey[] {
  return Object.entries(keys).map(([key, since]) => ({
    plugin,
    key,
    ...(since !== true && { since }),
  }));
}

/** Every key of every plugin's own, by the releases that brought them (read from their sources). */
export const PLUGIN_KEYS: readonly PluginKey[] = [
  ...keysOf('bridge', {
    bridge: true,
    isGateway: true,
    isDefaultGateway: true,
    forceAddress: true,
    ipMasq: true,
    ipMasqBackend: '1.6.0',
    mtu: true,
    hairpinMode: true,
    promiscMode: true,
    vlan: true,
    vlanTrunk: '1.3.0',
    preserveDefaultVlan: '1.3.0',
    macspoofchk: '1.1.0',
    enabledad: '1.1.0',
    disableContainerInterface: '1.4.1',
    portIsolation: '1.7.0',
  }),
  ...keysOf('macvlan', {
    master: true,
    mode: true,
    mtu: true,
    mac: true,
    linkInContainer: '1.3.0',
    bcqueuelen: '1.6.0',
  }),
  ...keysOf('ipvlan', { master: true, mode: true, mtu: true, linkInContainer: '1.3.0' }),
  ...keysOf('vlan', { master: true, vlanId: true, mtu: true, linkInContainer: '1.3.0' }),
  ...keysOf('host-device', { device: true, hwaddr: true, kernelpath: true, pciBusID: true }),
  ...keysOf('ptp', { ipMasq: true, ipMasqBackend: '1.6.0', mtu: true, dns: true }),
  ...keysOf('tap', {
    multiQueue: '1.3.0',
    mtu: '1.3.0',
    mac: '1.3.0',
    owner: '1.3.0',
    group: '1.3.0',
    selinuxContext: '1.3.0',
    bridge: '1.4.0',
  }),
  ...keysOf('tuning', {
    sysctl: true,
    mac: true,
    promisc: true,
    mtu: true,
    allmulti: '1.0.0',
    txQLen: '1.4.0',
    dataDir: true,
  }),
  ...keysOf('portmap', {
    backend: '1.6.0',
    snat: true,
    masqAll: '1.2.0',
    markMasqBit: true,
    externalSetMarkChain: true,
    conditionsV4: true,
    conditionsV6: true,
  }),
  ...keysOf('bandwidth', {
    ingressRate: true,
    ingressBurst: true,
    egressRate: true,
    egressBurst: true,
  }),
  ...keysOf('firewall', {
    backend: true,
    iptablesAdminChainName: true,
    firewalldZone: true,
    ingressPolicy: '1.1.0',
  }),
  ...keysOf('sbr', { table: '1.6.0' }),
  ...keysOf('vrf', { vrfname: true, table: true }),
  ...keysOf('host-local', {
    ranges: true,
    subnet: true,
    rangeStart: true,
    rangeEnd: true,
    gateway: true,
    routes: true,
    dataDir: true,
    resolvConf: true,
  }),
  ...keysOf('static', { addresses: true, address: true, gateway: true, routes: true, dns: true }),
  ...keysOf('dhcp', {
    daemonSocketPath: true,
    request: '1.1.0',
    skipDefault: '1.1.0',
    provide: '1.1.0',
    option: '1.1.0',
    value: '1.1.0',
    fromArg: '1.1.0',
    priority: '1.6.0',
  }),
];
