import type { Problem } from '../errors';
import { ownsNodes, type RemovalSettings } from '../installs';
import type { PlatformFacts } from '../kubernetes';
import { checkHostPath } from './host-files';
import { checkImage, checkRegistry } from './install-values';
import { checkMasterFile } from './multus-install-networks';
import { checkNamespace, checkObjectName, checkWord } from './names';

/** Everything wrong with what takes Multus' files off the nodes. */
export function checkMultusRemoval(facts: PlatformFacts, settings: RemovalSettings): Problem[] {
  const { namespace, nodes, nodeSelector, pullSecrets = [] } = settings;
  return [
    ...checkPlatform(facts, settings),
    ...checkHostPath('platform.cniBinDir', facts.cniBinDir),
    ...checkHostPath('platform.cniConfDir', facts.cniConfDir),
    ...checkWord('phase', settings.phase, ['config', 'all']),
    ...checkMasterFile(settings.masterCniFile),
    ...checkImage('image', settings.image),
    ...checkRegistry('registry', settings.registry),
    ...(namespace === undefined ? [] : checkNamespace('namespace', namespace)),
    ...pullSecrets.flatMap((name, index) => checkObjectName(`pullSecrets[${index}]`, name, 253)),
    ...(nodes ?? []).flatMap((name, index) => checkObjectName(`nodes[${index}]`, name, 253)),
    ...checkNodes(nodes ?? []),
    ...(nodes !== undefined && nodeSelector !== undefined ? [twoChoices()] : []),
  ];
}

/** OpenShift's operator would make it again; MicroShift's package takes its own files away. */
function checkPlatform(facts: PlatformFacts, settings: RemovalSettings): Problem[] {
  if (ownsNodes(facts)) return [];
  if (facts.parts.multus === 'built-in') {
    return [
      {
        code: 'NL_PLATFORM_UNSUPPORTED',
        key: 'platform',
        found: `Multus is a part of ${facts.name}, and its operator keeps it there`,
        allowed: 'platforms on which Multus was put: kubernetes, k3s, rke2, kube-ovn, tanzu',
        fix: 'leave the removal out, and delete the networks only',
      },
    ];
  }
  return Object.entries(settings).flatMap(([key, value]): Problem[] => {
    if (value === undefined) return [];
    return [
      {
        code: 'NL_PLATFORM_UNSUPPORTED',
        key,
        found: `"${key}" has no effect on ${facts.name}, where the package takes its files away`,
        allowed: 'no settings on this platform',
        fix: 'leave it out, and take the steps on the host',
      },
    ];
  });
}

function checkNodes(nodes: readonly string[]): Problem[] {
  return nodes.flatMap((name, index): Problem[] => {
    if (nodes.indexOf(name) === index) return [];
    return [
      {
        code: 'NL_NAME_TWICE',
        key: `nodes[${index}]`,
        found: `"${name}" stands in nodes[${nodes.indexOf(name)}] already`,
        allowed: 'each node once',
        fix: 'leave one of them out',
      },
    ];
  });
}

function twoChoices(): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'nodeSelector',
    found: 'nodes and nodeSelector both say which nodes are meant',
    allowed: 'one of them',
    fix: 'leave nodeSelector out: each node in nodes gets its own Job',
  };
}
