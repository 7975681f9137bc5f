import type { Problem } from '../errors';
import {
  defaultMultusVersion,
  MULTUS_RELEASES,
  type MultusMode,
  type MultusSettings,
  multusFault,
} from '../installs';
import type { PlatformFacts, PlatformName } from '../kubernetes';
import { checkHostPath } from './host-files';
import { checkScheduling } from './install-scheduling';
import { checkImage, checkQuantity, checkRegistry, quantityOf } from './install-values';
import { checkMultusIsolation, checkMultusNetworks } from './multus-install-networks';
import { checkNamespace, checkObjectName, checkWord } from './names';
import { checkPlatformMultus } from './platform-installs';
import { shortJson } from './short-json';
import type { ClusterFacts } from './world';

/** Platforms whose own Multus runs in one way only. */
const MODES: Readonly<Partial<Record<PlatformName, MultusMode>>> = {
  microshift: 'thin',
  k3s: 'thin',
  tanzu: 'thin',
  openshift: 'thick',
};

const LOG_LEVELS = ['panic', 'error', 'verbose', 'debug'];
const CNI_VERSIONS = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

/** With 50Mi the daemon was killed again and again when many pods started; with 400Mi never (measured). */
const ENOUGH_MEMORY = '400Mi';

/**
 * Everything wrong with an install of Multus.
 *
 * @param settings as the user gave them, nothing filled in
 */
export function checkMultusInstall(
  facts: PlatformFacts,
  settings: MultusSettings,
  cluster: Pick<ClusterFacts, 'isolation'> = {},
): Problem[] {
  const isOurs = facts.parts.multus === 'objects';
  return [
    ...checkMode(facts, settings),
    ...checkPaths(facts, settings),
    ...(isOurs ? checkRelease(settings) : checkForeign(facts, settings)),
    ...checkPlatformMultus(facts, settings),
    ...checkImage('image', settings.image),
    ...checkImage('prepareImage', settings.prepareImage),
    ...checkRegistry('registry', settings.registry),
    ...checkNames(settings),
    ...checkScheduling(settings),
    ...checkResources('resources', settings),
    ...checkResources('initResources', settings),
    ...checkMaxUnavailable(settings),
    ...checkWord('logLevel', settings.logLevel, LOG_LEVELS),
    ...checkWord('cniVersion', settings.cniVersion, CNI_VERSIONS),
    ...checkMultusNetworks(settings),
    ...checkMultusIsolation(settings, cluster),
  ];
}

function checkMode(facts: PlatformFacts, { mode }: MultusSettings): Problem[] {
  const only = MODES[facts.name];
  if (mode === undefined || only === undefined || mode === only) {
    return checkWord('mode', mode, ['thick', 'thin']);
  }
  return [
    {
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: 'mode',
      found: `${shortJson(mode)} is not how Multus runs on ${facts.name}`,
      allowed: `"${only}"`,
      fix: 'leave it out',
    },
  ];
}

/** Settings of a Multus that is not made of our objects, and takes none. */
function checkForeign(facts: PlatformFacts, settings: MultusSettings): Problem[] {
  const origin = facts.parts.multus;
  if (origin !== 'built-in' && origin !== 'host') return [];
  return Object.entries(settings).flatMap(([key, value]): Problem[] => {
    if (value === undefined || key === 'mode') return [];
    return [
      {
        code: 'NL_PLATFORM_UNSUPPORTED',
        key,
        found: `"${key}" has no effect, since ${facts.name} brings a Multus of its own`,
        allowed: 'no settings on this platform',
        fix: 'leave it out',
      },
    ];
  });
}

function checkRelease({
  mode = 'thick',
  version,
  image,
  clusterNetwork,
}: MultusSettings): Problem[] {
  const isKnown = MULTUS_RELEASES.some((release) => release === version);
  if (version !== undefined && !isKnown && image === undefined) {
    const release = MULTUS_RELEASES.find((one) => one === `v${version}`);
    return [
      {
        code: 'NL_VALUE_OUT_OF_RANGE',
        key: 'version',
        found: `${shortJson(version)} is not a release of Multus that netloom knows`,
        allowed: `one of ${MULTUS_RELEASES.join(', ')}; others together with image`,
        fix: release ? `${release}?` : 'name its image as well',
      },
    ];
  }
  const fault = version === undefined ? undefined : multusFault(version, mode);
  // A network that is read by its name is kept as it is written.
  if (!fault || (clusterNetwork !== undefined && !clusterNetwork.includes('/'))) return [];
  return [
    {
      code: 'NL_RELEASE_FAULT',
      key: 'version',
      found: `Multus ${version} (${mode}) ${fault.effect} (${fault.source})`,
      allowed: `a release without that, such as ${defaultMultusVersion(mode)}`,
      fix: `${defaultMultusVersion(mode)}? Or give clusterNetwork, the "name" in the cluster network's own file`,
    },
  ];
}

function checkPaths(facts: PlatformFacts, settings: MultusSettings): Problem[] {
  const paths: readonly (readonly [key: string, path: string | undefined])[] = [
    ['platform.cniBinDir', facts.cniBinDir],
    ['platform.cniConfDir', facts.cniConfDir],
    ['readinessIndicatorFile', settings.readinessIndicatorFile],
    ['logFile', settings.logFile],
  ];
  return paths.flatMap(([key, path]) => (path === undefined ? [] : checkHostPath(key, path)));
}

function checkNames(settings: MultusSettings): Problem[] {
  const { namespace, pullSecrets = [], priorityClassName } = settings;
  return [
    ...(namespace === undefined ? [] : checkNamespace('namespace', namespace)),
    ...pullSecrets.flatMap((name, index) => checkObjectName(`pullSecrets[${index}]`, name, 253)),
    ...(priorityClassName === undefined
      ? []
      : checkObjectName('priorityClassName', priorityClassName, 253)),
  ];
}

function checkResources(key: 'resources' | 'initResources', settings: MultusSettings): Problem[] {
  const { requests = {}, limits = {} } = settings[key] ?? {};
  const problems = (['cpu', 'memory'] as const).flatMap((what): Problem[] => {
    const [request, limit] = [quantityOf(requests[what]), quantityOf(limits[what])];
    return [
      ...checkQuantity(`${key}.requests.${what}`, requests[what]),
      ...checkQuantity(`${key}.limits.${what}`, limits[what]),
      ...(request !== undefined && limit !== undefined && request > limit
        ? [requestAboveLimit(`${key}.requests.${what}`, requests[what], limits[what])]
        : []),
    ];
  });
  const memory = quantityOf(limits.memory);
  const isSmall = memory !== undefined && memory < (quantityOf(ENOUGH_MEMORY) as number);
  if (key !== 'resources' || settings.mode === 'thin' || !isSmall) return problems;
  return [
    ...problems,
    {
      code: 'NL_RESOURCES_SMALL',
      key: `${key}.limits.memory`,
      found: `with "${limits.memory}" the daemon is killed when many pods start at once, and none of them starts`,
      allowed: `${ENOUGH_MEMORY} or more`,
      fix: `${ENOUGH_MEMORY}?`,
    },
  ];
}

function requestAboveLimit(key: string, request: unknown, limit: unknown): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `a request of ${shortJson(request)} is above the limit of ${shortJson(limit)}`,
    allowed: 'a request up to the limit',
    fix: `${shortJson(limit)}?`,
  };
}

/** Checks how many nodes' pods are renewed at a time. */
export function checkMaxUnavailable({
  maxUnavailable,
}: Pick<MultusSettings, 'maxUnavailable'>): Problem[] {
  if (maxUnavailable === undefined) return [];
  const share = /^(\d{1,3})%$/.exec(String(maxUnavailable))?.[1];
  const number = typeof maxUnavailable === 'number' ? maxUnavailable : undefined;
  const isShare = share !== undefined && Number(share) >= 1 && Number(share) <= 100;
  if (isShare || (number !== undefined && Number.isInteger(number) && number >= 1)) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: 'maxUnavailable',
      found: `${shortJson(maxUnavailable)} is neither a number of nodes nor a share of them`,
      allowed: 'a whole number from 1, or 1% to 100%',
      fix: '10%?',
    },
  ];
}
