import {
  ATTACHMENT,
  type Attachment,
  NETWORKS_ANNOTATION,
  networksAnnotation,
  podsOf,
  readNetworksAnnotation,
  virtualMachineOf,
} from '../../kubernetes';
import type { Item, NamedObject } from './item';
import { type Members, withAnnotations, withValueAt } from './manifest';
import { isSameJson } from './same-config';
import { isTyped } from './typed-settings';

/** A pod, or what makes pods, that is attached to networks. */
export interface WorkloadItem extends Item {
  readonly of: 'workload';
  readonly kind: string;
  /** Without the annotation, unless it is kept. */
  readonly manifest: Members;
  /** What the annotation asks for; empty where it is kept in the manifest as it is. */
  readonly attachments: readonly Attachment[];
  /** The manifest with the annotation, for networks that `attach` would do more for. */
  readonly whole?: Members;
}

/** Undefined for what has no pods, or pods without the annotation. */
export function workloadItem(object: NamedObject): WorkloadItem | undefined {
  const pods = podsOf(object.manifest);
  const value = pods?.annotations[NETWORKS_ANNOTATION];
  if (!pods || value === undefined) return undefined;
  const kept = { ...object, of: 'workload', attachments: [] } as const;
  // The networks of a virtual machine stand elsewhere; its annotation is another thing.
  const isMachine = virtualMachineOf(object.manifest) !== undefined;
  const attachments = isMachine ? [] : attachmentsOf(value, object.namespace);
  if (attachments.length === 0) return kept;
  const path = pods.annotationsPath.slice(0, -1);
  const manifest = withValueAt(object.manifest, path, (metadata) =>
    withAnnotations(metadata as Members, [NETWORKS_ANNOTATION]),
  );
  return { ...kept, manifest, attachments, whole: object.manifest };
}

/** Empty where the annotation is wrong, or says something that `attach` can't. */
function attachmentsOf(value: string, namespace: string | undefined): readonly Attachment[] {
  const { elements, errors } = readNetworksAnnotation(value);
  const attachments = elements.map(({ attachment }) => attachment);
  const isTypedAll = attachments.every((one) => isTyped(ATTACHMENT, one));
  if (errors.length > 0 || !isTypedAll) return [];
  const again = readNetworksAnnotation(networksAnnotation(attachments, namespace)).elements;
  const isSame = isSameJson(
    inFull(attachments, namespace),
    inFull(
      again.map((one) => one.attachment),
      namespace,
    ),
  );
  return isSame ? attachments : [];
}

function inFull(attachments: readonly Attachment[], namespace: string | undefined): unknown {
  return attachments.map((one) => ({ ...one, namespace: one.namespace ?? namespace }));
}
