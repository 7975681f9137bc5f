import { describeProblem, diagnose, diagnosePod } from 'netloom';

/** As MicroShift's document prints them: ../shared/seeds/000. */
const EVENT =
  'Warning NoNetworkFound 0s multus cannot find a network-attachment-definitio (asdasd) in namespace (default): network-attachment-definitions.k8s.cni.cncf.io "bad-ref-doesnt-exist" not found';
const LOG =
  'cannot find a network-attachment-definition (bad-conf) in namespace (default): network-attachment-definitions.k8s.cni.cncf.io "bad-conf" not found" pod="default/samplepod"';
const SANDBOX =
  '"CreatePodSandbox for pod failed" err="rpc error: code = Unknown desc = failed to create pod network sandbox k8s_samplepod_default_5fa13105-1bfb-4c6b-aee7-3437cfb50e25_0(7517818bd8e85f07b551f749c7529be88b4e7daef0dd572d049aa636950c76c6): error adding pod default_samplepod to CNI network \\"multus-cni-network\\": plugin type=\\"multus\\" name=\\"multus-cni-network\\" failed (add): Multus: [default/samplepod/5fa13105-1bfb-4c6b-aee7-3437cfb50e25]: error loading k8s delegates k8s args: TryLoadPodDelegates: error in getting k8s network for pod: GetNetworkDelegates: failed getting the delegate: getKubernetesDelegate: cannot find a network-attachment-definition (bad-conf) in namespace (default): network-attachment-definitions.k8s.cni.cncf.io \\"bad-conf\\" not found" pod="default/samplepod"';

const told = (network: string, namespace: string): string =>
  `metadata.annotations["k8s.v1.cni.cncf.io/networks"]: the pod asks for network "${namespace}/${network}", and there is no such NetworkAttachmentDefinition. Allowed: networks that exist in the cluster, in the namespace that the annotation names. Fix: apply the network first, or correct the name (kubectl get network-attachment-definitions -n ${namespace}). (NL_NETWORK_NOT_FOUND)`;

describe('S1.17 a network that is absent, in our words', () => {
  const cases = [
    { name: 'from the event, which lacks a letter', given: EVENT, want: told('asdasd', 'default') },
    { name: 'from the log', given: LOG, want: told('bad-conf', 'default') },
    { name: "from the kubelet's error", given: SANDBOX, want: told('bad-conf', 'default') },
    {
      name: 'in another namespace',
      given: LOG.replace('(default)', '(team-a)'),
      want: told('bad-conf', 'team-a'),
    },
  ];

  test.each(cases)('S1.17 $name', ({ given, want }) => {
    expect(diagnose(given).map(describeProblem)).toEqual([want]);
  });

  test.each(['', 'Back-off restarting failed container', 'no network-attachment-definition here'])(
    'S1.17 %j is none of ours',
    (given) => expect(diagnose(given)).toEqual([]),
  );
});

/** As thick Multus 4.2.4 with plugins 1.9.1 and whereabouts 0.9.4 puts them into the events of a pod. */
const event = (network: string, words: string): string =>
  `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "dcf0": plugin type="multus-shim" name="multus-cni-network" failed (add): CmdAdd (shim): CNI request failed with status 400: 'ContainerID:"dcf0" Path:"" ERRORED: error configuring pod [apps/web] networking: [apps/web/d15ff48e-023d-4267-aba7-66b99ca3f752:${network}]: error adding container to network "${network}": ${words}\n': StdinData: {"clusterNetwork":"/host/etc/cni/net.d/10-bridge.conflist","type":"multus-shim"}`;

describe('what keeps a pod from its network, in our words', () => {
  const cases = [
    {
      name: 'a master that the node has not, as macvlan and vlan say it',
      given: event('storage', 'Link not found'),
      want: /"eth7" is not there on the pod's node, and network "storage" is made on it.*NL_NODE_LINK/,
    },
    {
      name: 'the same where the plugin names it',
      given: event('storage', 'failed to lookup master "eth9": Link not found'),
      want: /"eth9" is not there on the pod's node.*NL_NODE_LINK/,
    },
    {
      name: 'a range of host-local without a free address',
      given: event(
        'lan',
        'failed to allocate for range 0: no IP addresses available in range set: 10.79.0.5-10.79.0.5',
      ),
      want: /no address of addresses 10\.79\.0\.5-10\.79\.0\.5 is free in network "lan".*NL_POOL_FULL/,
    },
    {
      name: 'a pool of whereabouts without a free address',
      given: event(
        'wide',
        'error at storage engine: Could not allocate IP in range: ip: 10.80.0.5 / - 10.80.0.5 / range: 10.80.0.0/24 / excludeRanges: []',
      ),
      want: /no address of range 10\.80\.0\.0\/24 is free in network "wide".*NL_POOL_FULL/,
    },
    {
      name: 'no DHCP daemon',
      given: event(
        'leased',
        'error dialing DHCP daemon: dial unix /run/cni/dhcp.sock: connect: no such file or directory',
      ),
      want: /daemon does not listen on the pod's node, and network "leased" asks it.*NL_NODE_DHCP/,
    },
    {
      name: 'a plugin that is not installed',
      given: event('odd', 'failed to find plugin "whereabouts" in path [/opt/cni/bin]'),
      want: /plugin "whereabouts" is not on the pod's node, and network "odd" asks for it.*a plugin in \/opt\/cni\/bin.*NL_NODE_PLUGIN_MISSING/,
    },
    {
      name: 'static IPAM, and a pod without addresses',
      given: event('fixed', 'IPAM plugin returned missing IP config'),
      want: /brings no address of network "fixed".*NL_ATTACHMENT_IPS/,
    },
    {
      name: 'a bridge with another first address than the gateway',
      given: event(
        'lan',
        'failed to set bridge addr: "br0" already has an IP address different from 10.10.0.254/24',
      ),
      want: /bridge "br0" .* in front of 10\.10\.0\.254\/24.*NL_GATEWAY_ORDER/,
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const told = diagnose(given, new Map([['storage', 'eth7']]));
    expect(told.map(describeProblem)).toEqual([expect.stringMatching(want)]);
  });

  test('the words of a plugin that nobody knows are told without what is around them', () => {
    const events = [{ reason: 'FailedCreatePodSandBox', message: event('odd', 'it did not work') }];
    const [fault] = diagnosePod({ metadata: { name: 'web' } }, events);
    expect(fault).toMatchObject({
      mayPass: true,
      problem: {
        code: 'NL_POD_NOT_READY',
        found:
          'the pod does not get its network: error adding container to network "odd": it did not work',
      },
    });
  });
});
