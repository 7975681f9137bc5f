import { describeProblem, diagnose } from 'netloom';

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
