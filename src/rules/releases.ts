import {
  COMPONENT_NAMES,
  type Component,
  compareReleases,
  type KeySpec,
  pluginsForCniVersion,
  type TargetVersions,
} from '../cni';
import type { Problem } from '../errors';

/** The release of a component that brought a plugin, where that is not older than all that count. */
const PLUGINS_SINCE: Readonly<Record<string, { component: Component; since: string }>> = {
  dummy: { component: 'plugins', since: '1.2.0' },
  tap: { component: 'plugins', since: '1.3.0' },
};

/** The problem of a key that the nodes' release does not know. */
export function checkKeyRelease(key: KeySpec, targetVersions: TargetVersions): Problem[] {
  const { prop, wire, since, until, component = 'plugins' } = key;
  const target = targetVersions[component];
  if (target === undefined) return [];
  const isOld = since !== undefined && compareReleases(target, since) < 0;
  const isNew = until !== undefined && compareReleases(target, until) >= 0;
  if (!isOld && !isNew) return [];
  const name = COMPONENT_NAMES[component];
  return [
    {
      code: 'NL_RELEASE_TOO_OLD',
      key: prop,
      found: `"${wire}" is not known to ${name} ${target} (${isOld ? `it came with ${since}` : `it went with ${until}`}), which ignores it`,
      allowed: 'keys that the nodes know (targetVersions)',
      fix: isOld ? `install ${name} ${since}, or leave it out` : 'leave it out',
    },
  ];
}

/** The problem of a plugin that the nodes' release does not have. */
export function checkPluginRelease(key: string, type: string, target?: TargetVersions): Problem[] {
  const brought = Object.hasOwn(PLUGINS_SINCE, type) ? PLUGINS_SINCE[type] : undefined;
  const release = brought && target?.[brought.component];
  if (!brought || release === undefined || compareReleases(release, brought.since) >= 0) return [];
  const name = COMPONENT_NAMES[brought.component];
  return [
    {
      code: 'NL_RELEASE_TOO_OLD',
      key,
      found: `"${type}" is no plugin of ${name} ${release} (it came with ${brought.since})`,
      allowed: 'plugins that the nodes have (targetVersions)',
      fix: `install ${name} ${brought.since}, or use another plugin`,
    },
  ];
}

/** The problem of a version of the CNI specification that the nodes' plugins don't speak. */
export function checkSpecRelease(
  key: string,
  cniVersion: string,
  target?: TargetVersions,
): Problem[] {
  const since = pluginsForCniVersion(cniVersion);
  const release = target?.plugins;
  if (since === undefined || release === undefined || compareReleases(release, since) >= 0) {
    return [];
  }
  return [
    {
      code: 'NL_RELEASE_TOO_OLD',
      key,
      found: `"${cniVersion}" is not known to CNI plugins ${release} (it came with ${since}), which refuse it`,
      allowed: 'a version of the specification that the nodes know (targetVersions)',
      fix: `0.4.0?`,
    },
  ];
}
