import { AT, inConfig, type Manifest, NETWORKS, onPods, told } from './support';

describe('S4 Kube-OVN', () => {
  const onSubnet =
    (name: string, spec: object) =>
    (object: Manifest): void => {
      if (object.kind === 'Subnet' && object.metadata.name === name) {
        Object.assign(object.spec, spec);
      }
    };
  const provider = (name: string, text: string | undefined) =>
    inConfig(name, (config) => {
      (config.ipam ?? config).provider = text;
    });

  test.each([
    { name: 'S4.1 of an IPAM-only network', network: 'macvlan', text: 'macvlan.default', want: [] },
    {
      name: 'S4.1 with .ovn where it does not belong',
      network: 'macvlan',
      text: 'macvlan.default.ovn',
      want: ['0 NL_PROVIDER_NAME spec.config: ipam.provider'],
    },
    {
      name: 'S4.2 without .ovn where it belongs',
      network: 'attachnet',
      text: 'attachnet.default',
      want: ['1 NL_PROVIDER_NAME spec.config: provider'],
    },
    {
      name: 'S4.2 the namespace in front',
      network: 'attachnet',
      text: 'default.attachnet.ovn',
      want: ['1 NL_PROVIDER_NAME spec.config: provider'],
    },
  ])('$name', ({ network, text, want }) => {
    expect(told('s4-kube-ovn', { change: provider(network, text) })).toEqual(want);
  });

  test.each([
    {
      name: 'the provider of the other kind',
      change: onSubnet('macvlan', { provider: 'macvlan.default.ovn' }),
      want: ['2 NL_PROVIDER_NAME spec.provider'],
    },
    {
      name: 'a provider of nobody',
      change: onSubnet('macvlan', { provider: 'other.default' }),
      want: ['0 NL_PROVIDER_UNBOUND spec.config: ipam.provider'],
    },
    {
      name: 'the key that the text of the seed has',
      change: onSubnet('macvlan', { exclude_ips: ['172.17.0.20'] }),
      want: ['2 NL_KEY_MISSPELT spec.exclude_ips'],
    },
    {
      name: 'a span with a dash',
      change: onSubnet('macvlan', { excludeIps: ['172.17.0.1-172.17.0.9'] }),
      want: ['2 NL_RANGE_INVALID spec.excludeIps[0]'],
    },
    {
      name: 'a gateway outside',
      change: onSubnet('attachnet', { gateway: '172.19.0.1' }),
      want: ['3 NL_GATEWAY_OUTSIDE_SUBNET spec.gateway'],
    },
  ])('S4.3 $name', ({ change, want }) => {
    expect(told('s4-kube-ovn', { change })).toEqual(want);
  });

  test('S4.4 gateway, private and nat do nothing for an IPAM-only provider', () => {
    const change = onSubnet('macvlan', {
      gateway: '172.17.255.254',
      private: true,
      natOutgoing: true,
    });
    expect(told('s4-kube-ovn', { change })).toEqual([
      '2 NL_KEY_IGNORED spec.gateway',
      '2 NL_KEY_IGNORED spec.natOutgoing',
      '2 NL_KEY_IGNORED spec.private',
    ]);
  });

  test('S4.4 what the controller fills in is not told of', () => {
    const change = onSubnet('macvlan', {
      default: false,
      gatewayNode: '',
      gatewayType: 'distributed',
      natOutgoing: false,
      private: false,
      vpc: 'ovn-cluster',
    });
    expect(told('s4-kube-ovn', { change })).toEqual([]);
  });

  test('S4.5 a network that is not there', () => {
    const change = onPods('samplepod', { [NETWORKS]: 'default/macvlan1' });
    expect(told('s4-kube-ovn', { change })).toEqual([`4 NL_NETWORK_NOT_FOUND ${AT}: [0]`]);
  });

  test.each([
    {
      name: 'one of the excluded addresses may be asked for',
      pod: 'static-ip',
      annotations: { 'macvlan.default.kubernetes.io/ip_address': '172.17.0.9' },
      want: [],
    },
    {
      name: 'an address of another subnet',
      pod: 'static-ip',
      annotations: { 'macvlan.default.kubernetes.io/ip_address': '172.18.0.9' },
      want: [
        '5 NL_ATTACHMENT_IPS metadata.annotations["macvlan.default.kubernetes.io/ip_address"]',
      ],
    },
    {
      name: 'an address with prefix length',
      pod: 'static-ip',
      annotations: { 'macvlan.default.kubernetes.io/ip_address': '172.17.0.9/16' },
      want: [
        '5 NL_ADDRESS_INVALID metadata.annotations["macvlan.default.kubernetes.io/ip_address"]',
      ],
    },
    {
      name: 'the infix is missing',
      pod: 'static-ovn',
      annotations: { 'attachnet.default.kubernetes.io/ip_address': '172.18.0.101' },
      want: [
        '6 NL_KEY_MISSPELT metadata.annotations["attachnet.default.kubernetes.io/ip_address"]',
      ],
    },
    {
      name: 'a slip in the name',
      pod: 'static-ip',
      annotations: { 'macvlan.default.kubernetes.io/ip_adress': '172.17.0.9' },
      want: ['5 NL_KEY_MISSPELT metadata.annotations["macvlan.default.kubernetes.io/ip_adress"]'],
    },
    {
      name: 'the address of another pod',
      pod: 'samplepod',
      annotations: { 'macvlan.default.kubernetes.io/ip_address': '172.17.0.5' },
      want: [
        '5 NL_ADDRESS_NOT_FREE metadata.annotations["macvlan.default.kubernetes.io/ip_address"]',
      ],
    },
  ])('S4.6 $name', ({ pod, annotations, want }) => {
    expect(told('s4-kube-ovn', { change: onPods(pod, annotations) })).toEqual(want);
  });

  const POOL = 'macvlan.default.kubernetes.io/ip_pool';
  const AT_POOL = `spec.template.metadata.annotations["${POOL}"]`;
  test.each([
    {
      name: 'one address too few for a rollout',
      ips: '172.17.0.200,172.17.0.201',
      want: [`7 NL_IP_POOL_SMALL ${AT_POOL}`],
    },
    {
      name: 'an address of another subnet',
      ips: '172.17.0.200,172.17.0.201,172.18.0.202',
      want: [`7 NL_ATTACHMENT_IPS ${AT_POOL}`],
    },
    { name: 'the name of an IPPool that nobody knows', ips: 'pool-a', want: [] },
  ])('S4.7 $name', ({ ips, want }) => {
    const change = onPods('static-workload', { [POOL]: ips });
    expect(told('s4-kube-ovn', { change })).toEqual(want);
  });

  test('S4.7 a StatefulSet takes the address at the ordinal, and needs none for a rollout', () => {
    const change = (object: Manifest): void => {
      if (object.kind !== 'Deployment') return;
      object.kind = 'StatefulSet';
      object.spec.replicas = 3;
    };
    expect(told('s4-kube-ovn', { change })).toEqual([]);
    const later = (object: Manifest): void => {
      change(object);
      if (object.kind === 'StatefulSet') object.spec.ordinals = { start: 1 };
    };
    expect(told('s4-kube-ovn', { change: later })).toEqual([`7 NL_IP_POOL_SMALL ${AT_POOL}`]);
  });
});
