import { isMembers, type KeyStep } from '../cni';
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

/** The members in the order in which cdk8s writes them. */
function sorted<T extends object>(members: T): T {
  if (process.env['CDK8S_DISABLE_SORT']) return members;
  const names = Object.keys(members).sort() as (keyof T)[];
  return Object.fromEntries(names.map((name) => [name, members[name]])) as T;
}

function sortedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedDeep);
  if (!isMembers(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sortedDeep(member)]);
  return sorted(Object.fromEntries(members) as object);
}
