import {
  type Attachment,
  checkAttachments,
  describeProblem,
  type NetworkDefinition,
} from 'netloom';
import { attached, codesAndKeys, NONE, network, STATIC } from './samples';

const told = (to: NetworkDefinition | undefined, asked: Partial<Attachment>): string[] =>
  codesAndKeys(checkAttachments([attached(to, asked)]));

/** As somebody else wrote it. */
const read = (asked: Partial<Attachment>): string[] =>
  codesAndKeys(checkAttachments([attached(undefined, asked)], { verbatim: true }));

const lan = network();
const ports = network({ chain: [{ kind: 'portmap', settings: {} }] });
const PORTS = [{ hostPort: 80, containerPort: 8080 }];

describe('capabilities', () => {
  test.each([
    {
      name: 'no plugin for ports',
      to: lan,
      asked: { portMappings: PORTS },
      want: ['portMappings'],
    },
    {
      name: 'portmap, which declares it by itself',
      to: ports,
      asked: { portMappings: PORTS },
      want: [],
    },
    {
      name: 'portmap that somebody else wrote, and declares nothing',
      to: { ...ports, verbatim: true },
      asked: { portMappings: PORTS },
      want: ['portMappings'],
    },
    {
      name: 'a raw plugin that declares it',
      to: network({
        chain: [{ kind: 'raw', config: { type: 'x', capabilities: { portMappings: true } } }],
      }),
      asked: { portMappings: PORTS },
      want: [],
    },
    {
      name: 'a capability that is declared as none',
      to: network({
        chain: [{ kind: 'portmap', settings: { capabilities: { portMappings: false } } }],
      }),
      asked: { portMappings: PORTS },
      want: ['portMappings'],
    },
    { name: 'no port at all', to: lan, asked: { portMappings: [] }, want: [] },
    {
      name: 'bandwidth',
      to: lan,
      asked: { bandwidth: { ingressRate: 1000, ingressBurst: 100 } },
      want: ['bandwidth'],
    },
    {
      name: 'a GUID',
      to: lan,
      asked: { infinibandGuid: 'c2:11:22:33:44:55:66:77' },
      want: ['infinibandGuid'],
    },
    {
      name: 'a network that nobody knows',
      to: undefined,
      asked: { portMappings: PORTS },
      want: [],
    },
  ])('$name', ({ to, asked, want }) => {
    expect(told(to, asked)).toEqual(
      want.map((key) => `NL_CAPABILITY_MISSING attachments[0].${key}`),
    );
  });
});

describe('members', () => {
  test.each([
    {
      name: 'a port beyond the last',
      asked: { portMappings: [{ hostPort: 70000, containerPort: 1, protocol: 'tcp' as const }] },
      want: ['NL_VALUE_OUT_OF_RANGE attachments[0].portMappings[0].hostPort'],
    },
    {
      name: 'half a mapping',
      asked: { portMappings: [{ hostPort: 80, protocol: 'tcp' }] as never },
      want: ['NL_KEY_MISSING attachments[0].portMappings[0].containerPort'],
    },
    {
      name: 'a rate without burst',
      asked: { bandwidth: { egressRate: 1000 } },
      want: ['NL_VALUES_CONFLICT attachments[0].bandwidth.egressRate'],
    },
    {
      name: 'a burst without rate',
      asked: { bandwidth: { ingressBurst: 1000 } },
      want: ['NL_VALUES_CONFLICT attachments[0].bandwidth.ingressBurst'],
    },
    {
      name: 'rate and burst',
      asked: { bandwidth: { egressRate: 1000, egressBurst: 10 } },
      want: [],
    },
    {
      name: 'a misspelt key',
      asked: { extra: { defaultRoute: ['10.0.0.1'] } },
      want: ['NL_KEY_MISSPELT attachments[0].extra.defaultRoute'],
    },
    {
      name: 'a key that nobody knows',
      asked: { extra: { colour: 'red' } },
      want: ['NL_KEY_UNKNOWN attachments[0].extra.colour'],
    },
    {
      name: 'a text for a list',
      asked: { extra: { ips: '10.0.0.1' } },
      want: ['NL_TYPE_WRONG attachments[0].extra.ips'],
    },
    { name: 'a MAC with dots, as Go reads it', asked: { mac: '0200.0000.0001' }, want: [] },
  ])('$name', ({ asked, want }) => expect(read(asked)).toEqual(want));

  test('who refuses a wrong type', () => {
    const [problem] = checkAttachments([attached(lan, { extra: { mac: 1 } })], { verbatim: true });
    expect(problem && describeProblem(problem)).toMatch(/1 is not a text, and Multus refuses/);
  });

  test('unknown keys of an own program are meant', () => {
    expect(told(lan, { extra: { colour: 'red' } })).toEqual([]);
  });
});

describe('addresses that a pod asks for', () => {
  const kubeOvn = network({ ipam: { kind: 'kube-ovn', settings: {} } });
  const ovn = (subnets: string | undefined, topology: 'layer2' | 'layer3' = 'layer2') =>
    network({ link: { kind: 'ovn-k8s-cni-overlay', settings: { topology, subnets } }, ipam: NONE });
  const own = { addresses: [{ address: '10.40.0.5/24' }] };
  test.each([
    {
      name: 'whereabouts adds it',
      to: network({ ipam: { kind: 'whereabouts', settings: { range: '10.20.0.0/24' } } }),
      ips: ['10.20.0.5/24'],
      want: ['NL_IPS_EXTRA attachments[0].ips'],
    },
    {
      name: 'and wants a prefix length',
      to: network({ ipam: { kind: 'raw', config: { type: 'whereabouts' } } }),
      ips: ['10.20.0.5'],
      want: ['NL_ADDRESS_INVALID attachments[0].ips[0]'],
    },
    { name: 'Kube-OVN takes it', to: kubeOvn, ips: ['10.20.0.5'], want: [] },
    {
      name: 'without a prefix length',
      to: kubeOvn,
      ips: ['10.20.0.5/24'],
      want: ['NL_ATTACHMENT_IPS attachments[0].ips[0]'],
    },
    {
      name: 'also as its own plugin',
      to: network({ link: { kind: 'kube-ovn', settings: {} }, ipam: NONE }),
      ips: ['x'],
      want: ['NL_ADDRESS_INVALID attachments[0].ips[0]'],
    },
    {
      name: 'OVN-Kubernetes takes it where it gives none',
      to: ovn(undefined),
      ips: ['10.20.0.5/24'],
      want: [],
    },
    {
      name: 'with a prefix length',
      to: ovn(undefined),
      ips: ['10.20.0.5'],
      want: ['NL_ADDRESS_INVALID attachments[0].ips[0]'],
    },
    {
      name: 'and refuses it where it gives its own',
      to: ovn('10.20.0.0/16'),
      ips: ['10.20.0.5/24'],
      want: ['NL_ATTACHMENT_IPS attachments[0].ips'],
    },
    {
      name: 'and on layer3',
      to: ovn(undefined, 'layer3'),
      ips: ['10.20.0.5/24'],
      want: ['NL_ATTACHMENT_IPS attachments[0].ips'],
    },
    {
      name: 'static replaces its own by them',
      to: network({ ipam: { kind: 'static', settings: own } }),
      ips: ['10.40.0.6/24'],
      want: [],
    },
    {
      name: 'or adds them, without the capability',
      to: network({ ipam: { kind: 'static', settings: own }, verbatim: true }),
      ips: ['10.40.0.6/24'],
      want: ['NL_IPS_EXTRA attachments[0].ips'],
    },
    {
      name: 'a plugin that nobody knows may look at them itself',
      to: network({ link: { kind: 'raw', config: { type: 'ovs' } }, ipam: NONE }),
      ips: ['10.40.0.6/24'],
      want: [],
    },
  ])('$name', ({ to, ips, want }) => expect(told(to, { ips })).toEqual(want));
});

test('addresses of the wrong type are no missing addresses', () => {
  const intent = attached(network({ ipam: STATIC }), { extra: { ips: '10.0.0.5/24' } });
  expect(codesAndKeys(checkAttachments([intent], { verbatim: true }))).toEqual([
    'NL_TYPE_WRONG attachments[0].extra.ips',
  ]);
});

describe('routing tables of a VRF', () => {
  const inVrf = (vrfname: string, table?: number): NetworkDefinition =>
    network({ name: `${vrfname}${table}`, chain: [{ kind: 'vrf', settings: { vrfname, table } }] });
  test.each([
    { name: 'one table', given: [inVrf('blue', 100), inVrf('blue', 100)], want: 0 },
    { name: 'two VRFs', given: [inVrf('blue', 100), inVrf('red', 200)], want: 0 },
    { name: 'the second takes what is there', given: [inVrf('blue', 100), inVrf('blue')], want: 0 },
    { name: 'two tables', given: [inVrf('blue', 100), inVrf('blue', 200)], want: 1 },
  ])('$name', ({ given, want }) => {
    expect(checkAttachments(given.map((one) => attached(one)))).toHaveLength(want);
  });
});

describe('the protocol of a port', () => {
  test('is missing in what somebody else wrote', () => {
    expect(read({ portMappings: PORTS })).toEqual([
      'NL_KEY_MISSING attachments[0].portMappings[0].protocol',
    ]);
  });

  test('is written by constructs', () => expect(told(ports, { portMappings: PORTS })).toEqual([]));

  test('may be in upper case, which iptables takes', () => {
    const mapping = { hostPort: 80, containerPort: 80, protocol: 'TCP' } as const;
    expect(read({ portMappings: [mapping] })).toEqual([]);
  });
});

describe('what cni-args ask for', () => {
  const tuned = (sysctl?: Record<string, string>): NetworkDefinition =>
    network({ chain: [{ kind: 'tuning', settings: sysctl ? { sysctl } : {} }] });
  const sysctl = { 'net.ipv4.conf.IFNAME.arp_notify': '1' };

  test.each([
    { name: 'tuning without settings crashes', to: tuned(), asked: { sysctl }, want: ['.sysctl'] },
    { name: 'an empty object is enough', to: tuned({}), asked: { sysctl }, want: [] },
    { name: 'nobody listens without tuning', to: lan, asked: { sysctl }, want: [] },
    { name: 'nothing is asked for', to: tuned(), asked: { sysctl: {} }, want: [] },
    { name: 'no object', to: tuned(), asked: { sysctl: 5 }, want: [] },
    {
      name: 'a setting of the node',
      to: tuned({}),
      asked: { sysctl: { 'vm.swappiness': '1' } },
      want: ['.sysctl["vm.swappiness"]'],
    },
  ])('kernel settings: $name', ({ to, asked, want }) => {
    expect(told(to, { cniArgs: asked })).toEqual(
      want.map((key) => `NL_SYSCTL_INVALID attachments[0].cniArgs${key}`),
    );
  });

  const own = { addresses: [{ address: '10.0.0.5/24' }] };
  const fixed = network({ ipam: STATIC });
  const capable = network({
    link: { kind: 'bridge', settings: { bridge: 'br-test', capabilities: { ips: false } } },
    ipam: { kind: 'static', settings: own },
  });

  test.each([
    { name: 'alone', to: fixed, asked: { cniArgs: { ips: ['10.0.0.7/24'] } }, want: [] },
    {
      name: 'without a prefix',
      to: fixed,
      asked: { cniArgs: { ips: ['10.0.0.7'] } },
      want: ['NL_ADDRESS_INVALID attachments[0].cniArgs.ips[0]'],
    },
    {
      name: 'in the place of all others',
      to: capable,
      asked: { ips: ['10.0.0.6/24'], cniArgs: { ips: ['10.0.0.7/24'] } },
      want: [],
    },
    {
      name: 'none',
      to: fixed,
      asked: { cniArgs: { ips: [] } },
      want: ['NL_ATTACHMENT_IPS attachments[0].ips'],
    },
    {
      name: 'of another type',
      to: fixed,
      asked: { cniArgs: { ips: '10.0.0.7/24' } },
      want: ['NL_ATTACHMENT_IPS attachments[0].ips'],
    },
    {
      name: 'for ptp, where an address needs a gateway',
      to: network({ link: { kind: 'ptp', settings: {} }, ipam: STATIC }),
      asked: { ips: ['10.0.0.7/24'] },
      want: ['NL_ATTACHMENT_IPS attachments[0].ips'],
    },
  ])('addresses for static: $name', ({ to, asked, want }) => {
    expect(told(to, asked)).toEqual(want);
  });
});
