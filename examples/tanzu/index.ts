// The same as main.ts, deployed by Pulumi.
import * as netloom from 'netloom/provider';

const namespace = 'default';

// The package multus-cni with its values, its account and its repository.
const multus = new netloom.MultusInstall('multus', {
  platformChoices: { tanzu: { packageNamespace: 'my-packages' } },
  version: '4.0.1+vmware.1-tkg.1',
});

const macvlan = new netloom.MacvlanNetwork(
  'macvlan-conf',
  {
    namespace,
    master: 'ens5',
    mode: 'bridge',
    ipam: {
      type: 'host-local',
      ranges: [
        {
          subnet: '192.168.1.0/24',
          rangeStart: '192.168.1.200',
          rangeEnd: '192.168.1.216',
          gateway: '192.168.1.1',
        },
      ],
      routes: [{ dst: '0.0.0.0/0' }],
    },
    silence: {
      // The document's own route: the pod's traffic to the outside leaves by net1 from then on.
      NL_DEFAULT_ROUTE_TAKEN: 'the pod is meant to leave by 192.168.1.1',
      NL_HOST_LOCAL_NODES: 'the cluster has one node',
    },
  },
  { dependsOn: multus },
);

const pod = new netloom.MultiNetPod('sample-pod', {
  namespace,
  spec: {
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 3000,
      fsGroup: 2000,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'sample-pod',
        image: 'busybox:1.28',
        command: ['sh', '-c', 'sleep 1h'],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
  attachments: [{ network: macvlan }],
});

export const interfaces = pod.interfaces;
