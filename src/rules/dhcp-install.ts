import type { Problem } from '../errors';
import type { DhcpDaemonSettings } from '../installs';
import type { PlatformFacts } from '../kubernetes';
import { checkHostPath } from './host-files';
import { checkInstallPods } from './install-pods';
import { checkWord } from './names';
import { checkPlatformDhcp } from './platform-installs';

/**
 * Everything wrong with an install of the dhcp IPAM's daemon.
 *
 * @param settings as the user gave them, nothing filled in
 */
export function checkDhcpInstall(facts: PlatformFacts, settings: DhcpDaemonSettings): Problem[] {
  const { pluginPath } = settings;
  return [
    ...checkBuiltIn(facts, settings),
    ...checkPlatformDhcp(facts, settings),
    ...(pluginPath === undefined ? [] : checkHostPath('pluginPath', pluginPath)),
    ...checkWord('updateStrategy', settings.updateStrategy, ['OnDelete', 'RollingUpdate']),
    ...checkInstallPods(settings),
    ...checkPluginImage(settings),
  ];
}

/** What is there anyway takes no settings. */
function checkBuiltIn({ name, parts }: PlatformFacts, settings: DhcpDaemonSettings): Problem[] {
  // OpenShift's shim only starts it.
  if (parts['dhcp-daemon'] !== 'built-in' && name !== 'openshift') return [];
  return Object.entries(settings).flatMap(([key, value]): Problem[] => {
    if (value === undefined) return [];
    return [
      {
        code: 'NL_PLATFORM_UNSUPPORTED',
        key,
        found: `"${key}" has no effect, since ${name} brings a daemon of its own`,
        allowed: 'no settings on this platform',
        fix: 'leave it out',
      },
    ];
  });
}

function checkPluginImage({ pluginPath, image }: DhcpDaemonSettings): Problem[] {
  if (pluginPath === undefined || image !== undefined) return [];
  return [
    {
      code: 'NL_KEY_MISSING',
      key: 'image',
      found: 'pluginPath is a path in an image, and busybox has no CNI plugins',
      allowed: 'an image that has a shell and the plugin',
      fix: 'set image, or leave pluginPath out: then the plugin of the node runs',
    },
  ];
}
