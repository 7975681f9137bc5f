import { ApiObject, type ApiObjectMetadataDefinition, JsonPatch } from 'cdk8s';
import { type Construct, Node } from 'constructs';
import { podsOf, valueAt, virtualMachineOf } from '../kubernetes';
import type { WorkloadManifest } from '../rules';
import { LateWorkload, latePodSpec } from './late-workload';
import { annotationsPath, annotationsSteps, type Manifest, withValue } from './manifest';
import { plainObject } from './plain-manifest';

/** Members of cdk8s that are private to it. Nothing depends on them: without them a look takes longer. */
interface Innards {
  readonly annotations?: unknown;
  readonly hostNetwork?: unknown;
  readonly patches?: unknown;
  readonly props?: { readonly spec?: unknown };
}

/** Kinds whose pods stand there, or will: a template may come late. */
const KINDS: readonly string[] = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
];

type Texts = Readonly<Record<string, string>>;

/** Who has the last word on how an object is written. */
interface Finisher {
  /** @internal */
  _finish(manifest: Manifest): Manifest;
}

/** The object of a workload: what it is without us, and what we add when it is written. */
export class WorkloadObject {
  /**
   * The object of a construct: itself, or what a construct of cdk8s-plus stands for.
   *
   * @throws Error for a construct that has no pods
   */
  static of(workload: Construct): WorkloadObject {
    const object = objectOf(workload);
    const { podMetadata } = workload as { podMetadata?: ApiObjectMetadataDefinition };
    if (object && (podMetadata || hasPods(object))) {
      return new WorkloadObject(object, podMetadata, workload);
    }
    throw new Error(
      `${Node.of(workload).path || 'this construct'} has no pods. Allowed: a workload of cdk8s-plus, or an ApiObject of a Pod or with a pod template. Fix: pass the Pod, Deployment, StatefulSet or DaemonSet itself.`,
    );
  }

  /** How the object is written by itself. */
  private readonly toJson: () => unknown;

  private constructor(
    readonly object: ApiObject,
    private readonly podMetadata: ApiObjectMetadataDefinition | undefined,
    private readonly construct: Construct,
  ) {
    this.toJson = object.toJson;
  }

  /** The object as it is written without us. */
  render(): Manifest {
    const { object, toJson } = this;
    // A class of its own may write itself in its own way.
    const plain = toJson === ApiObject.prototype.toJson ? plainObject(object) : undefined;
    return plain ?? patched(object, () => toJson.call(object) as Manifest);
  }

  /** Lets the object be changed when it is written, behind all that others did to it. */
  finishWith(finisher: Finisher): void {
    // The method of this one object: a JSON patch could not look at what is there already.
    this.object.toJson = () => finisher._finish(this.render());
  }

  get namespace(): string | undefined {
    return this.object.metadata.namespace;
  }

  /** Annotations of the pods that others gave them. */
  annotations(): Texts {
    return this.glance() ?? podsOf(this.render())?.annotations ?? {};
  }

  /** Annotations of the object itself, where they are not those of its pods. */
  ownAnnotations(): Texts | undefined {
    const { kind, metadata } = this.object;
    return kind === 'Pod' ? undefined : plainTexts((metadata as unknown as Innards).annotations);
  }

  /** How many pods there are and what they are like; written only for who looks further than at its kind. */
  workload(): WorkloadManifest {
    const { kind } = this.object;
    const { props } = this.object as unknown as Innards;
    const spec = this.isPatched ? undefined : props?.spec;
    if (isPlainDeep(spec)) return { kind, spec: spec as NonNullable<WorkloadManifest['spec']> };
    if (kind !== 'Pod') return new LateWorkload(kind, () => this.render());
    return { kind, spec: latePodSpec(() => this.render(), this.hostNetwork()) };
  }

  /** Constructs of cdk8s-plus know it by themselves. */
  private hostNetwork(): boolean | undefined {
    const { hostNetwork } = this.construct as unknown as Innards;
    return !this.isPatched && typeof hostNetwork === 'boolean' ? hostNetwork : undefined;
  }

  /** What tells whether somebody changed the annotations, without writing the whole object. */
  fingerprint(): string {
    const { patches } = this.object as unknown as Innards;
    let text = Array.isArray(patches) && patches.length > 0 ? `${patches.length}` : '';
    const annotations = this.glance();
    for (const name in annotations) text += `\n${name}\n${annotations[name]}`;
    return text;
  }

  private get isPatched(): boolean {
    const { patches } = this.object as unknown as Innards;
    return !Array.isArray(patches) || patches.length > 0;
  }

  /** The annotations where they stand in memory as plain texts; undefined where only writing tells. */
  private glance(): Texts | undefined {
    if (this.isPatched) return undefined;
    const { kind, metadata } = this.object;
    const apart = this.podMetadata ?? (kind === 'Pod' ? metadata : undefined);
    if (apart) return plainTexts((apart as unknown as Innards).annotations);
    let at: unknown = (this.object as unknown as Innards).props;
    for (const step of annotationsSteps(kind)) {
      if (at === undefined) return {};
      if (!isPlain(at)) return undefined;
      at = at[step];
    }
    return plainTexts(at);
  }
}

/**
 * Writes an object whose patches build on annotations that only we add: `/metadata/annotations/x` of
 * an object without annotations, which with ours has some.
 */
function patched(object: ApiObject, toJson: () => Manifest): Manifest {
  try {
    return toJson();
  } catch (error) {
    const innards = object as unknown as { patches?: unknown };
    const { patches } = innards;
    if (!Array.isArray(patches) || patches.length === 0) throw error;
    innards.patches = [];
    try {
      const plain = toJson();
      const path = annotationsPath(plain);
      if (valueAt(plain, path) !== undefined) throw error;
      return JsonPatch.apply(withValue(plain, path, {}), ...patches) as Manifest;
    } catch {
      throw error;
    } finally {
      innards.patches = patches;
    }
  }
}

function objectOf(workload: Construct): ApiObject | undefined {
  if (workload instanceof ApiObject) return workload;
  const { apiObject = Node.of(workload).defaultChild } = workload as { apiObject?: unknown };
  return apiObject instanceof ApiObject ? apiObject : undefined;
}

function hasPods(object: ApiObject): boolean {
  if (KINDS.includes(object.kind)) return true;
  try {
    const manifest: unknown = object.toJson();
    return (virtualMachineOf(manifest) ?? podsOf(manifest)) !== undefined;
  } catch {
    return false;
  }
}

function plainTexts(value: unknown): Texts | undefined {
  if (value === undefined) return {};
  if (!isPlain(value)) return undefined;
  return Object.values(value).every((text) => typeof text === 'string')
    ? (value as Texts)
    : undefined;
}

/** No class of cdk8s, which would be asked for its value late. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && value.constructor === Object;
}

function isPlainDeep(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isLeafOrPlain);
  return isPlain(value) && Object.values(value).every(isLeafOrPlain);
}

function isLeafOrPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isPlainDeep(value);
}
