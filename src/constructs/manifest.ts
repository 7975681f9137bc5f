import { isMembers, type KeyStep } from '../cni';
import { setMember } from '../cni/codec';
import { podsOf, virtualMachineOf } from '../kubernetes';

/** A Kubernetes object as it is written. */
export type Manifest = Readonly<Record<string, unknown>>;

const TEMPLATE: readonly string[] = ['spec', 'template', 'metadata', 'annotations'];

/** Where the annotations of an object's pods usually stand. */
export function annotationsSteps(kind: string): readonly string[] {
  if (kind === 'Pod') return ['metadata', 'annotations'];
  return kind === 'CronJob' ? ['spec', 'jobTemplate', ...TEMPLATE] : TEMPLATE;
}

/** The steps to the annotations of a manifest's pods. */
export function annotationsPath(manifest: Manifest): readonly KeyStep[] {
  return podsOf(manifest)?.annotationsPath ?? annotationsSteps(String(manifest['kind']));
}

/** The steps to the `spec` of a manifest's pods, or of its virtual machines. */
export function podSpecPath(manifest: Manifest): readonly KeyStep[] {
  const machine = virtualMachineOf(manifest);
  return machine?.specPath ?? [...annotationsPath(manifest).slice(0, -2), 'spec'];
}

/** A manifest with a value at the end of some steps; what is missing on the way is made. */
export function withValue(manifest: Manifest, steps: readonly KeyStep[], value: unknown): Manifest {
  const [step, ...rest] = steps as [KeyStep, ...KeyStep[]];
  const inside = manifest[step];
  const changed =
    rest.length === 0 ? sortedDeep(value) : withValue(isMembers(inside) ? inside : {}, rest, value);
  const members = { ...manifest, [step]: changed };
  return step in manifest ? members : sorted(members);
}

/** The names of members in the order in which cdk8s writes them. */
export function namesInOrder(members: object): string[] {
  const names = Object.keys(members);
  // Looked at first: asking the environment takes longer than all else here.
  const isInOrder = names.every(
    (name, index) => index === 0 || (names[index - 1] as string) < name,
  );
  return isInOrder || process.env['CDK8S_DISABLE_SORT'] ? names : names.sort();
}

function sorted(members: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of namesInOrder(members)) setMember(result, name, members[name]);
  return result;
}

function sortedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedDeep);
  if (!isMembers(value)) return value;
  const members: Record<string, unknown> = {};
  for (const name of namesInOrder(value)) setMember(members, name, sortedDeep(value[name]));
  return members;
}
