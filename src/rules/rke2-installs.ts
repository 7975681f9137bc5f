import { compareReleases, parseRelease } from '../cni';
import type { Problem } from '../errors';
import {
  type DhcpDaemonSettings,
  type MultusSettings,
  type Rke2Feature,
  rke2Has,
  rke2Since,
  type WhereaboutsInstallSettings,
} from '../installs';
import { type PlatformFacts, RKE2_CNIS } from '../kubernetes';
import { checkSettingsKnown } from './platform-settings';
import { shortJson } from './short-json';

const CHART = 'the chart rke2-multus';

/** rke2-charts 31c0e742; k3s' documentation says the same. */
const OLDEST_CHART = 'v4.2.202';

/** What the chart has values for, whatever Multus is. k3s takes the chart's release besides. */
const MULTUS_KEYS = [
  ...['mode', 'image', 'registry', 'pullSecrets', 'tolerations', 'nodeSelector'],
  ...['namespaceIsolation', 'globalNamespaces', 'masterCniFile', 'readinessIndicatorFile'],
  ...['logLevel', 'logFile', 'cniVersion'],
];

/** The chart's thin DaemonSet never gets resources: its template looks for them in a wrong place. */
const THICK_KEYS = ['resources', 'clusterNetwork', 'defaultNetworks'];

const WHEREABOUTS_KEYS = [
  ...['nodeSlices', 'logLevel', 'registry', 'image', 'pullSecrets', 'resources'],
  ...['reconcilerResources', 'tolerations', 'nodeSelector', 'priorityClassName'],
];

const DHCP_KEYS = ['image', 'registry', 'pullSecrets'];

/** What is wrong with an install of Multus by the chart of RKE2, there or on k3s. */
export function checkChartMultus(facts: PlatformFacts, settings: MultusSettings): Problem[] {
  const isThick = settings.mode === 'thick';
  const isK3s = facts.name === 'k3s';
  const own = isK3s ? ['version'] : [];
  const known = [...MULTUS_KEYS, ...own, ...(isThick ? THICK_KEYS : [])];
  return [
    ...checkCluster(facts),
    ...(isK3s ? checkChartRelease(settings) : []),
    ...checkRegistryOfImage(settings),
    ...checkSettingsKnown(facts, settings, known, isThick ? CHART : `${CHART} (thin)`),
    ...(isThick ? checkFeature(facts, 'mode', 'the thick Multus', 'thick') : []),
  ];
}

/** The chart puts its registry in front of every image, also of one that is named whole. */
function checkRegistryOfImage(settings: {
  registry?: string | undefined;
  image?: string | undefined;
}): Problem[] {
  const { registry, image } = settings;
  if (registry === undefined || image === undefined || image.startsWith(`${registry}/`)) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'image',
      found: `"${image}" is not of the registry "${registry}", which ${CHART} puts in front of every image`,
      allowed: 'an image of that registry',
      fix: `mirror it as ${registry}/${image.split('/').at(-1)}, or leave registry out`,
    },
  ];
}

/** Older charts take the folder of Multus' own file for one in the container, where there is none. */
function checkChartRelease({ version }: MultusSettings): Problem[] {
  if (version === undefined) return [];
  if (parseRelease(version) && compareReleases(version, OLDEST_CHART) >= 0) return [];
  return [
    {
      code: 'NL_RELEASE_TOO_OLD',
      key: 'version',
      found: `${shortJson(version)} is not a release of ${CHART} that finds the folders of k3s`,
      allowed: `${OLDEST_CHART} and newer, as \`helm search repo -l rke2-multus\` lists them`,
      fix: 'write it like v4.2.401, or leave it out for the newest',
    },
  ];
}

/** What is wrong with an install of whereabouts by the chart of RKE2, there or on k3s. */
export function checkChartWhereabouts(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): Problem[] {
  return [
    ...checkRegistryOfImage(settings),
    ...checkSettingsKnown(facts, settings, WHEREABOUTS_KEYS, CHART),
  ];
}

/** What is wrong with an install of the DHCP daemon by the chart of RKE2, there or on k3s. */
export function checkChartDhcp(facts: PlatformFacts, settings: DhcpDaemonSettings): Problem[] {
  return [
    ...checkRegistryOfImage(settings),
    ...checkSettingsKnown(facts, settings, DHCP_KEYS, CHART),
    ...checkFeature(facts, '', 'the DHCP daemon', 'dhcpDaemon'),
  ];
}

function checkCluster({ rke2 = {} }: PlatformFacts): Problem[] {
  const { cni, release } = rke2;
  const problems: Problem[] = [];
  if (cni !== undefined && !RKE2_CNIS.some((one) => one === cni)) {
    problems.push({
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: 'platform.cni',
      found: `${shortJson(cni)} is not a cluster network that RKE2 puts Multus in front of`,
      allowed: `one of ${RKE2_CNIS.join(', ')}; Multus itself is put in front by netloom`,
      fix: 'none, for a cluster network of your own',
    });
  }
  if (release !== undefined && !parseRelease(release)) {
    problems.push({
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: 'platform.release',
      found: `${shortJson(release)} is not a release of RKE2`,
      allowed: 'a release as `rke2 --version` shows it',
      fix: 'write it like v1.34.2+rke2r1',
    });
  }
  return problems;
}

function checkFeature(
  { rke2 = {} }: PlatformFacts,
  key: string,
  what: string,
  feature: Rke2Feature,
): Problem[] {
  if (rke2Has(feature, rke2.release) !== false) return [];
  return [
    {
      code: 'NL_RELEASE_TOO_OLD',
      key,
      found: `${what} is not in RKE2 ${rke2.release}`,
      allowed: `releases that have it (platform.release): from ${rke2Since(feature)}`,
      fix: 'update RKE2, or leave it out',
    },
  ];
}
