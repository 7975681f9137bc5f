import {
  checkAttachments,
  checkMultiNetworkPolicy,
  checkObjects,
  checkPods,
  checkVirtualMachine,
  type LinkConfig,
  type NetworkDefinition,
  type PodsDefinition,
  type Problem,
} from 'netloom';
import type { RuleCase } from './cases';
import { attached, bridge, hostLocal, network, STATIC, V4 } from './samples';
import { inWorld, KUBE_OVN, macvlan, pods, written } from './worlds';

const IPVLAN: LinkConfig = { kind: 'ipvlan', settings: { master: 'eth1' } };
const POOL = 'lan.apps.kubernetes.io/ip_pool';

const devices = (): Problem[] => {
  const card = network({
    link: { kind: 'host-device', settings: { device: 'eth2' } },
    ipam: STATIC,
  });
  const one = (name: string, ip: string): PodsDefinition =>
    pods({ name, attachments: [attached(card, { ips: [ip] })] });
  return inWorld({ networks: [card], pods: [one('a', '10.0.0.1/24'), one('b', '10.0.0.2/24')] });
};

const inVrf = (name: string, table: number): NetworkDefinition =>
  network({ name, chain: [{ kind: 'vrf', settings: { vrfname: 'blue', table } }] });

/** One case for each code that only rules about pods or several objects give. */
export const WORLD_CASES: RuleCase[] = [
  {
    code: 'NL_ANNOTATION_INVALID',
    name: 'a dot in the short form',
    given: checkPods(written('lan,infra/lan.backup@net2')),
    want: 'attachments[1]',
  },
  {
    code: 'NL_CLAIMED_REFERENCE',
    name: 'the twin of a network, by hand',
    given: inWorld({
      networks: [network()],
      pods: [written('lan-claimed')],
    }),
    want: 'attachments[0]',
  },
  {
    code: 'NL_CLUSTER_OVERLAP',
    name: 'the subnet of the pods',
    given: inWorld({ networks: [network()], podCidrs: ['10.0.0.0/8'] }),
    want: 'ipam.ranges[0].subnet',
  },
  {
    code: 'NL_CONFIG_NAME_TWICE',
    name: 'one name for two bridges with the same addresses',
    given: inWorld({
      networks: [
        network({ ipam: hostLocal({ ranges: [V4] }) }),
        network({
          name: 'backup',
          configName: 'lan',
          link: bridge({ bridge: 'br-backup' }),
          ipam: hostLocal({ ranges: [V4] }),
        }),
      ],
    }),
    want: 'configName',
  },
  {
    code: 'NL_CONFIG_NOT_JSON',
    name: 'a comma that is missing',
    given: checkObjects([
      {
        kind: 'NetworkAttachmentDefinition',
        metadata: { name: 'lan' },
        spec: { config: '{ "type": "bridge" "bridge": "br-test" }' },
      },
    ]).map(({ problem }) => problem),
    want: 'spec.config',
  },
  {
    code: 'NL_DEVICE_TWICE',
    name: 'one device for two pods',
    given: devices(),
    want: 'attachments[0]',
  },
  {
    code: 'NL_IP_POOL_SMALL',
    name: 'a rollout that needs one address more',
    given: inWorld({
      networks: [network(KUBE_OVN)],
      pods: [
        pods({
          workload: { kind: 'Deployment', spec: { replicas: 2 } },
          attachments: [attached(network(KUBE_OVN))],
          annotations: { [POOL]: '10.20.0.10,10.20.0.11' },
        }),
      ],
    }),
    want: `annotations["${POOL}"]`,
  },
  {
    code: 'NL_IPS_EXTRA',
    name: 'an address for whereabouts',
    given: checkAttachments([
      attached(network({ ipam: { kind: 'whereabouts', settings: { range: '10.20.0.0/24' } } }), {
        ips: ['10.20.0.5/24'],
      }),
    ]),
    want: 'attachments[0].ips',
  },
  {
    code: 'NL_MASTER_IS_PORT',
    name: 'macvlan on a port of a bridge',
    given: inWorld({
      networks: [network(macvlan())],
      bridges: [{ bridge: 'br-test', ports: ['eth1'] }],
    }),
    want: 'master',
  },
  {
    code: 'NL_MASTER_SHARED',
    name: 'macvlan and ipvlan on one master',
    given: inWorld({
      networks: [network(macvlan()), network({ name: 'backup', link: IPVLAN, ipam: STATIC })],
    }),
    want: 'master',
  },
  {
    code: 'NL_NAMESPACE_ISOLATED',
    name: 'a network of another namespace',
    given: inWorld({
      networks: [network({ namespace: 'infra' })],
      pods: [written('infra/lan')],
      isolation: { globalNamespaces: ['default'] },
    }),
    want: 'attachments[0]',
  },
  {
    code: 'NL_NETWORK_NAME',
    name: 'a named network whose reservations are deleted',
    given: inWorld({
      networks: [
        network({
          ipam: {
            kind: 'whereabouts',
            settings: { range: '10.20.0.0/24', networkName: 'tenant-a' },
          },
        }),
      ],
      installs: [{ part: 'whereabouts', reconciles: true, release: 'v0.9.4' }],
    }),
    want: 'ipam.networkName',
  },
  {
    code: 'NL_NETWORK_UNSEEN',
    name: 'a pod without its networks',
    given: inWorld({ pods: [written('lan')] }),
    want: 'attachments[0]',
  },
  {
    code: 'NL_NETWORKS_OVERLAP',
    name: 'two networks on one bridge',
    given: inWorld({
      networks: [
        network({ ipam: hostLocal({ ranges: [V4] }) }),
        network({
          name: 'backup',
          ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.100' }] }),
        }),
      ],
    }),
    want: 'ipam.ranges[0]',
  },
  {
    code: 'NL_PASSTHRU_TWICE',
    name: 'passthru beside another network',
    given: inWorld({
      networks: [
        network(macvlan()),
        network({ name: 'backup', ...macvlan({ master: 'eth1', mode: 'passthru' }) }),
      ],
    }),
    want: 'mode',
  },
  {
    code: 'NL_POLICY_NETWORK',
    name: 'a policy for no network',
    given: checkMultiNetworkPolicy({ name: 'deny', namespace: 'apps' }),
    want: 'policyFor',
  },
  {
    code: 'NL_PROVIDER_UNBOUND',
    name: 'no subnet for a network',
    given: inWorld({
      networks: [network(KUBE_OVN)],
      subnets: [{ name: 'other', provider: 'other.apps', cidrBlock: '10.20.0.0/16' }],
    }),
    want: 'ipam.provider',
  },
  {
    code: 'NL_SILENCE_INVALID',
    name: 'an error that is to be silent',
    given: checkObjects([
      {
        kind: 'Pod',
        metadata: { annotations: { 'netloom.io/silence': '{"NL_HOST_BITS": "legacy"}' } },
      },
    ]).map(({ problem }) => problem),
    want: 'metadata.annotations["netloom.io/silence"]: NL_HOST_BITS',
  },
  {
    code: 'NL_CONFIG_INVALID',
    name: 'a key that a network of nodes does not have',
    given: checkObjects([
      {
        apiVersion: 'netloom.io/v1alpha1',
        kind: 'NodeNetwork',
        spec: { bridges: [{ name: 'br-test', flavour: 1 }] },
      },
    ]).map(({ problem }) => problem),
    want: 'spec.bridges[0].flavour',
  },
  {
    code: 'NL_VM_NETWORK',
    name: 'a network without an interface',
    given: checkVirtualMachine({
      kind: 'VirtualMachine',
      name: 'router',
      networks: [
        {
          name: 'lan',
          source: 'multus',
          networkName: 'apps/lan',
          network: { name: 'lan', namespace: 'apps' },
          isDefault: false,
        },
      ],
      interfaces: [],
      specPath: ['spec', 'template', 'spec'],
    }),
    want: 'networks[0].name',
  },
  {
    code: 'NL_VRF_TABLE',
    name: 'one VRF on two tables',
    given: checkAttachments([attached(inVrf('lan', 100)), attached(inVrf('backup', 200))]),
    want: 'attachments[1]',
  },
];
