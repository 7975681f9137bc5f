import {
  CHAIN_SPECS,
  type ChainConfig,
  chainSpec,
  chainType,
  IPAM_SPECS,
  type IpamConfig,
  ipamSpec,
  type KnownIpam,
  LINK_SPECS,
  type LinkConfig,
  linkSpec,
  linkType,
  type ObjectSpec,
  renderChain,
  renderIpam,
  renderLink,
  type ValueSpec,
} from 'netloom';
import { parse } from '../../src/cni/codec';

/** What upstream calls the keys, in the order in which netloom writes them. */
const LINK_KEYS = {
  bridge:
    'bridge isGateway isDefaultGateway forceAddress ipMasq ipMasqBackend mtu hairpinMode promiscMode vlan vlanTrunk preserveDefaultVlan macspoofchk enabledad disableContainerInterface portIsolation capabilities dns',
  macvlan: 'master mode mtu mac linkInContainer bcqueuelen capabilities dns',
  ipvlan: 'master mode mtu linkInContainer capabilities dns',
  'host-device': 'device hwaddr kernelpath pciBusID capabilities dns',
  vlan: 'master vlanId mtu linkInContainer capabilities dns',
  ptp: 'ipMasq ipMasqBackend mtu capabilities dns',
  tap: 'multiQueue mtu mac owner group selinuxContext bridge capabilities dns',
  dummy: 'capabilities dns',
  sriov:
    'deviceID vlan vlanQoS vlanProto mac spoofchk trust link_state min_tx_rate max_tx_rate logLevel logFile capabilities dns',
  'kube-ovn':
    'server_socket provider deviceID vf_driver vhost_user_socket_volume_name vhost_user_socket_name vhost_user_socket_consumption routes capabilities dns',
  'ovn-k8s-cni-overlay':
    'topology subnets excludeSubnets reservedSubnets infrastructureSubnets mtu vlanID physicalNetworkName allowPersistentIPs role joinSubnet transitSubnet defaultGatewayIPs transport outboundSNAT evpn uplink deviceID logFile logLevel logfile-maxsize logfile-maxbackups logfile-maxage netAttachDefName capabilities dns',
};
const CHAIN_KEYS = {
  tuning: 'sysctl mac promisc mtu allmulti txQLen dataDir capabilities dns',
  portmap:
    'backend snat masqAll markMasqBit externalSetMarkChain conditionsV4 conditionsV6 capabilities dns',
  bandwidth:
    'ingressRate ingressBurst egressRate egressBurst unshapedSubnets shapedSubnets capabilities dns',
  firewall: 'backend iptablesAdminChainName firewalldZone ingressPolicy capabilities dns',
  sbr: 'table gateways addSourceHints capabilities dns',
  vrf: 'vrfname table capabilities dns',
};
const IPAM_KEYS = {
  'host-local': 'subnet rangeStart rangeEnd gateway ranges routes dataDir resolvConf',
  static: 'addresses routes dns',
  dhcp: 'daemonSocketPath request provide priority',
  whereabouts:
    'range range_start range_end exclude ipRanges gateway routes dns addresses network_name enable_overlapping_ranges node_slice_size log_file log_level leader_lease_duration leader_renew_deadline leader_retry_period kubernetes configuration_path reconciler_cron_expression sleep_for_race datastore',
  'kube-ovn': 'server_socket provider routes',
};

/** Some value of a key, everything set. */
function sample(spec: ValueSpec): unknown {
  switch (spec.kind) {
    case 'text':
      return spec.words?.[0] ?? 'x';
    case 'integer':
      return spec.most;
    case 'list':
      return [sample(spec.of)];
    case 'map':
      return { x: sample(spec.of) };
    case 'object':
      return everything(spec.spec);
    default:
      return true;
  }
}

function everything(spec: ObjectSpec): Record<string, unknown> {
  // Backwards: the order is the description's, and not the program's.
  return Object.fromEntries(spec.keys.toReversed().map(({ prop, value }) => [prop, sample(value)]));
}

function expectKeys(printed: object, type: string, keys: string, spec: ObjectSpec): void {
  const { type: own, ...rest } = printed as Record<string, unknown>;
  expect(Object.keys(printed).join(' ')).toBe(`type ${keys}`);
  expect(own).toBe(type);
  expect(parse(spec, rest)).toEqual(everything(spec));
}

describe('every key of a plugin is written, in one order, and read again', () => {
  test.each(Object.entries(LINK_KEYS))('%s', (type, keys) => {
    const spec = LINK_SPECS[type as keyof typeof LINK_KEYS];
    const link = { kind: type, settings: everything(spec) } as unknown as LinkConfig;
    expectKeys(renderLink(link), type, keys, spec);
    expect(linkType(link)).toBe(type);
  });

  test.each(Object.entries(CHAIN_KEYS))('%s', (type, keys) => {
    const spec = CHAIN_SPECS[type as keyof typeof CHAIN_KEYS];
    const chain = { kind: type, settings: everything(spec) } as unknown as ChainConfig;
    expectKeys(renderChain(chain), type, keys, spec);
    expect(chainType(chain)).toBe(type);
  });

  test.each(Object.entries(IPAM_KEYS).filter(([type]) => type !== 'host-local'))(
    '%s',
    (type, keys) => {
      const spec = IPAM_SPECS[type as keyof typeof IPAM_KEYS];
      const ipam = { kind: type, settings: everything(spec) } as unknown as IpamConfig;
      expectKeys(renderIpam(ipam) as object, type, keys, spec);
    },
  );

  test('host-local', () => {
    const range = { subnet: '10.0.0.0/24', rangeStart: '10.0.0.5', rangeEnd: '10.0.0.9' };
    const settings = {
      ...everything(IPAM_SPECS['host-local']),
      ...range,
      rangeSets: [[{ ...range, gateway: '10.0.0.1' }]],
    };
    const ipam = { kind: 'host-local', settings } as KnownIpam;
    const printed = renderIpam(ipam) as Record<string, unknown>;
    expect(Object.keys(printed).join(' ')).toBe(`type ${IPAM_KEYS['host-local']}`);
    const { type, ...rest } = printed;
    expect(parse(IPAM_SPECS['host-local'], rest)).toEqual(settings);
  });

  test('there is no plugin beside these', () => {
    expect(Object.keys(LINK_SPECS)).toEqual(Object.keys(LINK_KEYS));
    expect(Object.keys(CHAIN_SPECS)).toEqual(Object.keys(CHAIN_KEYS));
    expect(Object.keys(IPAM_SPECS)).toEqual(Object.keys(IPAM_KEYS));
    for (const find of [linkSpec, chainSpec, ipamSpec]) {
      for (const type of ['raw', 'none', 'constructor', '__proto__', 'Bridge', '']) {
        expect(find(type)).toBeUndefined();
      }
    }
  });
});

describe('what a chained plugin can not do without', () => {
  const cases: { name: string; given: ChainConfig; verbatim?: boolean; want: string }[] = [
    {
      name: 'portmap declares its capability',
      given: { kind: 'portmap', settings: { snat: false } },
      want: '{"type":"portmap","snat":false,"capabilities":{"portMappings":true}}',
    },
    {
      name: 'so does bandwidth',
      given: { kind: 'bandwidth', settings: {} },
      want: '{"type":"bandwidth","capabilities":{"bandwidth":true}}',
    },
    {
      name: 'what is declared stays as it is',
      given: { kind: 'portmap', settings: { capabilities: { portMappings: false } } },
      want: '{"type":"portmap","capabilities":{"portMappings":false}}',
    },
    {
      name: 'nothing is added to what was read',
      given: { kind: 'portmap', settings: {} },
      verbatim: true,
      want: '{"type":"portmap"}',
    },
    {
      name: 'others need none',
      given: { kind: 'sbr', settings: {} },
      want: '{"type":"sbr"}',
    },
    {
      name: 'raw goes through as it is',
      given: { kind: 'raw', config: { type: 'x', y: 1 } },
      want: '{"type":"x","y":1}',
    },
  ];

  test.each(cases)('$name', ({ given, verbatim, want }) => {
    expect(JSON.stringify(renderChain(given, verbatim))).toBe(want);
  });
});
