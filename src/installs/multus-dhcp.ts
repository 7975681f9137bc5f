import { definedOnly } from '../cni';
import type { DhcpDaemonSettings } from './dhcp-settings';
import { prepareImageOf } from './multus-images';
import type { MultusSettings } from './multus-settings';

/**
 * Settings of the DHCP daemon that comes with a Multus: where Multus runs, with its secrets. Where
 * Multus' image does not come from upstream, busybox would be out of reach as well; the daemon needs
 * a shell only, and takes Multus' image with one.
 */
export function multusDhcpSettings(settings: MultusSettings): DhcpDaemonSettings {
  const { image, prepareImage, registry, namespace } = settings;
  const isForeign = [image, prepareImage, registry].some((one) => one !== undefined);
  const { pullSecrets, tolerations, nodeSelector, priorityClassName } = settings;
  return definedOnly({
    image: isForeign ? prepareImageOf(settings) : undefined,
    pullSecrets,
    tolerations,
    nodeSelector,
    priorityClassName,
    namespace,
    createNamespace: namespace === undefined ? undefined : false,
  });
}
