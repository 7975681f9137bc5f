import { isMembers, parseRelease } from '../cni';
import { valueAt } from '../kubernetes';
import { type Manifest, namesOf } from './read-object';
import type { InstalledPart } from './world';

/** What an object installs of Multus, whereabouts and the DHCP daemon, by whomever it was written. */
export function readInstalls(object: Manifest): InstalledPart[] {
  const { name, namespace } = namesOf(object);
  switch (object.kind) {
    case 'DaemonSet':
    case 'Deployment':
      return containersOf(object).flatMap((container) => readContainer(container, namespace));
    case 'ConfigMap':
      return name.endsWith('whereabouts-config') ? [RECONCILER] : [];
    case 'HelmChart':
    case 'HelmChartConfig':
      return readValues(name, String(valueAt(object, ['spec', 'valuesContent']) ?? ''));
    case 'Network':
      return readOperator(valueAt(object, ['spec', 'additionalNetworks']));
    default:
      return [];
  }
}

const RECONCILER: InstalledPart = { part: 'whereabouts', reconciles: true };

function containersOf(object: Manifest): unknown[] {
  const containers = valueAt(object, ['spec', 'template', 'spec', 'containers']);
  return Array.isArray(containers) ? containers : [];
}

function readContainer(container: unknown, namespace: string | undefined): InstalledPart[] {
  if (!isMembers(container)) return [];
  const { image, command, args, volumeMounts } = container;
  const run = JSON.stringify([command, args]);
  const release = releaseOf(image);
  // Before 0.9.4 it is the control loop of each node that reconciles, by the schedule that it mounts.
  const isLoop = run.includes('/ip-control-loop');
  const hasSchedule = JSON.stringify(volumeMounts ?? null).includes('/cron-schedule');
  if (run.includes('/ip-reconciler') || (isLoop && hasSchedule)) {
    return [{ ...RECONCILER, release, namespace }];
  }
  // Before 0.6 there is no loop: the plugin is copied, and that is all.
  if (isLoop || (run.includes('/install-cni.sh') && /\/whereabouts\b/.test(String(image)))) {
    return [{ part: 'whereabouts', release, namespace }];
  }
  if (/\/dhcp\b.*"daemon"|\/dhcp daemon\b/.test(run)) return [{ part: 'dhcp-daemon' }];
  if (!/multus-daemon|thin_entrypoint/.test(run)) return [];
  const multus: InstalledPart = { part: 'multus', release };
  // OpenShift's operator puts the plugin whereabouts on the nodes as well.
  return namespace === 'openshift-multus' ? [multus, { part: 'whereabouts' }] : [multus];
}

/** Of the tag of an image, such as `v0.9.4-build20260601`; undefined for `latest` and digests. */
function releaseOf(image: unknown): string | undefined {
  const [, tag] = /:([^/:@]+)(?:@.*)?$/.exec(String(image)) ?? [];
  return tag !== undefined && parseRelease(tag) ? tag : undefined;
}

/** The chart rke2-multus, of RKE2 and k3s; its values are text. */
function readValues(name: string, values: string): InstalledPart[] {
  if (name !== 'rke2-multus' && name !== 'multus') return [];
  const parts: InstalledPart[] = [{ part: 'multus' }];
  if (/^ *dhcpDaemonSet: *true\b/m.test(values)) parts.push({ part: 'dhcp-daemon' });
  if (/^rke2-whereabouts:(?:\n +.*)*?\n +enabled: *true\b/m.test(values)) parts.push(RECONCILER);
  return parts;
}

/** OpenShift's operator starts the reconciler for the first network that uses whereabouts. */
function readOperator(networks: unknown): InstalledPart[] {
  const isUsed = JSON.stringify(networks ?? null).includes('whereabouts');
  return isUsed ? [RECONCILER] : [];
}
