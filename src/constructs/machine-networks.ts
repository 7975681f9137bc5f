import type { Problem } from '../errors';
import {
  VM_INTERFACES,
  VM_NETWORKS,
  valueAt,
  virtualMachineNetworks,
  virtualMachineOf,
} from '../kubernetes';
import type { AttachOptions } from './attach-options';
import { type Manifest, withValue } from './manifest';
import type { PodAttachment } from './pod-attachment';

/** What KubeVirt passes on; all else of an attachment would be lost. */
const PASSED: readonly (keyof AttachOptions)[] = ['interface', 'mac', 'binding', 'nodeGroup'];

/** True for an object of KubeVirt: its networks stand in its `spec`, and not in an annotation. */
export function isMachine(object: { readonly kind: string; readonly apiVersion: string }): boolean {
  const { kind, apiVersion } = object;
  return virtualMachineOf({ kind, apiVersion }) !== undefined;
}

/** A virtual machine with more networks behind those that it has. */
export function withMachineNetworks(
  manifest: Manifest,
  attachments: readonly PodAttachment[],
): Manifest {
  const machine = virtualMachineOf(manifest);
  if (!machine || attachments.length === 0) return manifest;
  const { specPath } = machine;
  const added = virtualMachineNetworks(
    attachments.map(({ written, options }) => ({
      network: written,
      name: written.interface,
      binding: options.binding,
      macAddress: written.mac,
    })),
  );
  const spec = valueAt(manifest, specPath);
  const [networks, interfaces] = [VM_NETWORKS, VM_INTERFACES].map((path) => valueAt(spec, path));
  const podNetwork = hasOwnDefault(spec) ? [] : [POD_NETWORK];
  const podInterface = hasOwnDefault(spec) ? [] : [POD_INTERFACE];
  return withValue(
    withValue(
      manifest,
      [...specPath, ...VM_NETWORKS],
      [...listOf(networks), ...podNetwork, ...added.networks],
    ),
    [...specPath, ...VM_INTERFACES],
    [...listOf(interfaces), ...podInterface, ...added.interfaces],
  );
}

/** What a machine without any network gets from KubeVirt, and would lose with the first other one. */
const POD_NETWORK = { name: 'default', pod: {} };
const POD_INTERFACE = { name: 'default', masquerade: {} };

function hasOwnDefault(spec: unknown): boolean {
  const isListed = [VM_NETWORKS, VM_INTERFACES].some(
    (path) => listOf(valueAt(spec, path)).length > 0,
  );
  return isListed || valueAt(spec, ['domain', 'devices', 'autoattachPodInterface']) === false;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Everything that an attachment of a virtual machine can't have; keys are those of the options. */
export function checkMachineAttachment({ options }: PodAttachment): Problem[] {
  const lost = Object.entries(options).filter(
    ([name, value]) => value !== undefined && !PASSED.some((passed) => passed === name),
  );
  return lost.map(([name]) => ({
    code: 'NL_VM_NETWORK',
    key: name,
    found: `${name} is set for a virtual machine, and KubeVirt, which writes the annotation of its pod, does not pass it on`,
    allowed: PASSED.join(', '),
    fix: `leave ${name} out`,
  }));
}
