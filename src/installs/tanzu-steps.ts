import type { HostFile, HostStep } from './install-object';
import { TANZU_MULTUS_PACKAGE, TANZU_REPOSITORY } from './tanzu-versions';

/** What an install with the CLI needs to know. */
export interface TanzuChoices {
  readonly version: string;
  readonly namespace: string;
  /** Undefined where the cluster has it already. */
  readonly repository: string | undefined;
  readonly values: string;
  /** True where the namespace has to be made before. */
  readonly makesNamespace: boolean;
}

const WHERE = 'the machine with the tanzu CLI, if the objects are not applied';

/** The file that the CLI reads, of the name that the vendor's document gives it. */
export function tanzuValuesFile({ values }: TanzuChoices): HostFile {
  return { path: '/etc/netloom/multus-data-values.yaml', content: values, where: WHERE };
}

/**
 * The same install with the CLI. Nothing takes it back: Multus may be removed only together with its
 * files on each node.
 */
export function tanzuStep(choices: TanzuChoices): HostStep {
  const { version, namespace, repository, makesNamespace } = choices;
  const { name, namespace: home } = TANZU_REPOSITORY;
  const add =
    repository === undefined
      ? []
      : [['tanzu', 'package', 'repository', 'add', name, '--url', repository, '--namespace', home]];
  return {
    title: 'Install Multus with the tanzu CLI, in place of the objects',
    where: WHERE,
    commands: [
      ...add,
      ...(makesNamespace ? [['kubectl', 'create', 'namespace', namespace]] : []),
      [
        ...['tanzu', 'package', 'install', 'multus-cni', '--package', TANZU_MULTUS_PACKAGE],
        ...['--version', version, '--values-file', tanzuValuesFile(choices).path],
        ...['--namespace', namespace],
      ],
      ['tanzu', 'package', 'installed', 'get', 'multus-cni', '--namespace', namespace],
    ],
    undo: [],
  };
}
