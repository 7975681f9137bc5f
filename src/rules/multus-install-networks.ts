import type { Problem } from '../errors';
import type { MultusSettings } from '../installs';
import { checkHostPath } from './host-files';
import { checkNamespace } from './names';
import { shortJson } from './short-json';
import type { ClusterFacts } from './world';

/** Checks what Multus is told of the cluster network and of networks that every pod gets. */
export function checkMultusNetworks(settings: MultusSettings): Problem[] {
  const { mode, clusterNetwork, defaultNetworks = [], masterCniFile } = settings;
  const thickOnly = (['clusterNetwork', 'defaultNetworks'] as const).filter(
    (key) => mode === 'thin' && settings[key] !== undefined,
  );
  return [
    ...thickOnly.map(notWhenThin),
    ...(clusterNetwork === undefined ? [] : checkNetworkSource('clusterNetwork', clusterNetwork)),
    ...defaultNetworks.flatMap((network, index) =>
      checkNetworkSource(`defaultNetworks[${index}]`, network),
    ),
    ...checkMasterFile(masterCniFile),
    ...(clusterNetwork !== undefined && masterCniFile !== undefined ? [twoMasters()] : []),
  ];
}

/** The thin entrypoint has no flag for it; with a file of one's own it would not renew the token. */
function notWhenThin(key: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `${key} is given, which the thin Multus has no setting for`,
    allowed: 'with mode "thick" only',
    fix: "mode: 'thick'?",
  };
}

function twoMasters(): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'masterCniFile',
    found: 'masterCniFile and clusterNetwork both say what the cluster network is',
    allowed: 'one of them',
    fix: 'leave one of them out',
  };
}

/** A name that Multus searches for, or a path: it takes all that has a slash for one. */
function checkNetworkSource(key: string, network: string): Problem[] {
  const text: unknown = network;
  if (typeof text === 'string' && text.startsWith('/')) return checkHostPath(key, text);
  if (typeof text === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text)) return [];
  return [
    {
      code: 'NL_NAME_INVALID',
      key,
      found: `${shortJson(network)} is neither a network's name nor an absolute path`,
      allowed: "the name of a network in Multus' namespace, without that namespace, or a path",
      fix: 'write the plain name',
    },
  ];
}

/** Checks the name of the file that Multus puts itself in front of. */
export function checkMasterFile(file: string | undefined): Problem[] {
  const fits = typeof file === 'string' && /^[A-Za-z0-9._-]+\.(conf|conflist)$/.test(file);
  if (file === undefined || (fits && !file.startsWith('00-multus'))) return [];
  return [
    {
      code: 'NL_NAME_INVALID',
      key: 'masterCniFile',
      found: `${shortJson(file)} is not the name of a cluster network's file`,
      allowed:
        'a name without a folder that ends in .conf or .conflist, and not one of Multus itself',
      fix: 'write it like 10-calico.conflist',
    },
  ];
}

/** Checks the namespaces that pods are kept to against what the platform says of them. */
export function checkMultusIsolation(
  settings: MultusSettings,
  { isolation }: Pick<ClusterFacts, 'isolation'>,
): Problem[] {
  const { namespaceIsolation, globalNamespaces } = settings;
  const names = (globalNamespaces ?? []).flatMap((name, index) =>
    checkNamespace(`globalNamespaces[${index}]`, name),
  );
  return [
    ...names,
    ...(namespaceIsolation === false && isolation ? [notIsolated()] : []),
    ...(globalNamespaces && !(namespaceIsolation ?? isolation !== undefined)
      ? [noIsolation()]
      : []),
    ...(globalNamespaces && isolation && !sameNames(globalNamespaces, isolation.globalNamespaces)
      ? [otherNamespaces(globalNamespaces, isolation.globalNamespaces)]
      : []),
  ];
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return [...some].sort().join() === [...others].sort().join();
}

function notIsolated(): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'namespaceIsolation',
    found: 'namespaceIsolation is false, and the platform says that namespaces are isolated',
    allowed: "what the platform's isolation says, by which pods are checked",
    fix: 'leave it out here, or leave isolation out there',
  };
}

function noIsolation(): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'globalNamespaces',
    found:
      'globalNamespaces is given without namespaceIsolation, and every namespace is global then',
    allowed: 'together with namespaceIsolation: true',
    fix: 'namespaceIsolation: true?',
  };
}

function otherNamespaces(given: readonly string[], known: readonly string[]): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'globalNamespaces',
    found: `${shortJson(given)} is not what the platform's isolation says, ${shortJson(known)}`,
    allowed: 'the same namespaces, by which pods are checked',
    fix: 'leave it out here',
  };
}
