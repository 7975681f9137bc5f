import type { PlatformFacts } from '../kubernetes';
import type { InstallParts } from './install-object';
import { multusObjects } from './multus-objects';
import type { MultusSettings } from './multus-settings';

/**
 * Multus on a cluster whose network is Kube-OVN: upstream's, told which file to stand in front of.
 * Kube-OVN writes its own once the node's part of it answers, so that it says as well when Multus may
 * begin.
 *
 * @see https://kubeovn.github.io/docs/stable/en/advance/multi-nic/
 */
export function kubeOvnMultus(facts: PlatformFacts, settings: MultusSettings): InstallParts {
  const masterCniFile = settings.masterCniFile ?? facts.masterCniFile;
  const readinessIndicatorFile =
    settings.readinessIndicatorFile ?? `${facts.cniConfDir}/${masterCniFile}`;
  const objects = multusObjects(facts, { ...settings, masterCniFile, readinessIndicatorFile });
  return { objects, hostFiles: [], hostSteps: [] };
}
