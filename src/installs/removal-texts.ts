import type { PlatformFacts } from '../kubernetes';
import type { HostStep } from './install-object';
import { microshiftMultus } from './microshift';
import { type RemovalCluster, type RemovalObject, removalName } from './removal-cluster';
import { isCrio } from './removal-folders';
import type { RemovalStep, RemovalStepId } from './removal-plan';

/** What each step is called, and why it stands where it stands. */
export const STEP_TEXTS: Readonly<Record<RemovalStepId, Pick<RemovalStep, 'title' | 'why'>>> = {
  pods: {
    title: 'Delete the pods that have networks, or take the networks out of their workloads',
    why: 'only a Multus that runs can take their interfaces away and give their addresses back',
  },
  crio: {
    title: 'Tell CRI-O on each node that Multus is not its default network any more',
    why: 'with another default network than there is, CRI-O starts no pod',
  },
  config: {
    title: "Give each node's runtime the cluster network's configuration back",
    why: 'new pods then start without Multus, whatever goes after it',
  },
  restart: {
    title: 'Restart the pods that Multus started: drain one node after the other, or reboot it',
    why: 'CRI-O ends a pod with the configuration that it began with',
  },
  settings: {
    title: 'Take Multus out of what the platform installs',
    why: 'the platform would make again what is deleted',
  },
  daemons: {
    title: 'Delete what runs: Multus, whereabouts, the DHCP daemon',
    why: 'no pod needs them any more, and they would write their files again',
  },
  files: {
    title: 'Remove programs, tokens and state from each node',
    why: 'nothing calls them any more',
  },
  networks: {
    title: 'Delete the networks',
    why: 'a pod that asks for one that is not there would not start while Multus is called',
  },
  pools: {
    title: "Delete whereabouts' pools, reservations and leases",
    why: 'no pod has an address of them',
  },
  access: { title: 'Delete accounts, rights and configuration', why: 'nobody uses them any more' },
  crds: {
    title: 'Delete the CustomResourceDefinitions',
    why: 'each takes all objects of its kind with it, in all namespaces',
  },
  remover: {
    title: 'Delete what removed the files',
    why: 'as long as it is there, it says what is done on the nodes',
  },
};

/** What a person types for a step; `objects` are those that the step names. */
export function personCommands(
  id: RemovalStepId,
  facts: PlatformFacts,
  objects: readonly RemovalObject[],
): readonly (readonly string[])[] {
  switch (id) {
    case 'pods':
      return objects.map(deleteCommand);
    case 'crio':
      return [
        ['grep', '-rl', 'cni_default_network', '/etc/crio'],
        ['systemctl', 'restart', 'crio.service'],
      ];
    case 'restart':
      return [
        ['kubectl', 'drain', 'NODE', '--ignore-daemonsets', '--delete-emptydir-data'],
        ['kubectl', 'uncordon', 'NODE'],
      ];
    case 'settings':
      return settingsCommands(facts, objects);
    default:
      return [];
  }
}

function settingsCommands(
  facts: PlatformFacts,
  daemons: readonly RemovalObject[],
): readonly (readonly string[])[] {
  switch (facts.name) {
    case 'rke2':
      return [
        [
          'grep',
          '-rn',
          'multus',
          '/etc/rancher/rke2/config.yaml',
          '/etc/rancher/rke2/config.yaml.d',
        ],
        ['systemctl', 'restart', 'rke2-server.service'],
      ];
    case 'microshift':
      return microshiftMultus(facts, {}).hostSteps.flatMap(({ undo }) => undo);
    case 'openshift':
      return [['oc', 'edit', 'networks.operator.openshift.io', 'cluster']];
    default:
      return helmReleases(daemons).map(([release, namespace]) => [
        ...['helm', 'uninstall', release, '--namespace', namespace],
      ]);
  }
}

const HELM = /^Helm release (\S+) in (\S+)$/;

/** What `managedBy` says of an object that Helm made. */
export function helmRelease(release: string, namespace: string): string {
  return `Helm release ${release} in ${namespace}`;
}

function helmReleases(objects: readonly RemovalObject[]): [release: string, namespace: string][] {
  const texts = new Set(objects.map(({ managedBy = '' }) => managedBy));
  return [...texts].flatMap((text): [string, string][] => {
    const [, release, namespace] = HELM.exec(text) ?? [];
    return release === undefined || namespace === undefined ? [] : [[release, namespace]];
  });
}

function deleteCommand({ kind, namespace, name }: RemovalObject): readonly string[] {
  const place = namespace === undefined ? [] : ['--namespace', namespace];
  return ['kubectl', ...place, 'delete', kind.toLowerCase(), name];
}

/** What nobody takes away, and what to know besides the steps. */
export function removalNotes(facts: PlatformFacts, cluster: RemovalCluster): string[] {
  const { templates, access, daemons, pods, hasMultus } = cluster;
  const makers = new Set([...daemons, ...access].flatMap(({ managedBy }) => managedBy ?? []));
  return [
    ...(templates.length === 0
      ? []
      : [
          `without pods now, but asking for networks, which they will start without: ${templates.map(removalName).join(', ')}`,
        ]),
    ...(makers.size === 0
      ? []
      : [`made by ${[...makers].join(', ')}: take it out there, too, or it comes back`]),
    ...(hasMultus || pods.length === 0
      ? []
      : [
          `${pods.length} pods have networks of a Multus that is gone: they can be deleted when the configuration is back, and their addresses stay taken`,
        ]),
    ...(facts.parts.multus === 'built-in'
      ? [`${facts.name} brings Multus itself and keeps it: only what uses it goes`]
      : []),
  ];
}

/** What stays on nodes, since it is not only Multus'. */
export const REMOVAL_LEFT: readonly string[] = [
  'bridges and VLAN links that plugins made: until the node restarts',
  'firewall rules of bridges with ipMasq, and of portmap: until the node restarts',
  'files of host-local in /var/lib/cni/networks, or in dataDir: by network, empty when its pods ended well',
  'networks that somebody wrote into /etc/cni/multus/net.d',
  "the namespace that Multus was in, unless it is the cluster's own",
];

/** What is done on hosts of a platform, where no object can do it. */
export function removalHostSteps(facts: PlatformFacts): readonly HostStep[] {
  const step = (id: RemovalStepId, where: string, objects: readonly RemovalObject[]): HostStep => ({
    title: STEP_TEXTS[id].title,
    commands: personCommands(id, facts, objects),
    undo: [],
    where,
  });
  if (facts.name === 'microshift') {
    return [
      step('settings', 'the MicroShift host, as root, after pods with networks are gone', []),
    ];
  }
  return [
    ...(isCrio(facts) ? [step('crio', 'every node; take the line out of the file', [])] : []),
    ...(facts.name === 'rke2'
      ? [step('settings', 'every server node; take multus out of "cni" in the file', [])]
      : []),
  ];
}
