import { isNetloomError } from '../errors';
import type { ReadAttachments } from '../kubernetes';
import type { AttachmentIntent, PodsDefinition, WorkloadManifest } from '../rules';
import { type OwnAttachments, podAnnotations, readGiven } from './pod-annotations';
import type { WorkloadObject } from './workload-object';

type Texts = Readonly<Record<string, string>>;

/** The pods of a workload as rules look at them; what takes long is looked at late, and once. */
export class PodsView implements PodsDefinition {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly workload: WorkloadManifest;
  readonly attachments: readonly AttachmentIntent[];
  readonly ownAnnotations: Texts | undefined;
  readonly read?: ReadAttachments;
  private all?: Texts;
  private ours?: Texts;
  private isBroken = false;

  /**
   * @param given annotations of others
   * @param isRead tells apart what others wrote: rules then look for what it names, too
   */
  constructor(
    readonly target: WorkloadObject,
    private readonly attached: OwnAttachments,
    readonly given: Texts,
    isRead: boolean,
  ) {
    const { networks } = attached;
    const read = readGiven(given);
    const intents = networks.map(({ intent }) => intent);
    this.name = target.object.name;
    this.namespace = target.namespace;
    this.workload = target.workload();
    this.attachments = read
      ? [...read.elements.map(({ attachment }) => ({ attachment })), ...intents]
      : intents;
    this.ownAnnotations = target.ownAnnotations();
    if (read && isRead) this.read = read;
  }

  get annotations(): Texts {
    this.all ??= Object.keys(this.given).length === 0 ? this.own : { ...this.given, ...this.own };
    return this.all;
  }

  /** Our annotations; none where a claim is wrong, or others' can't be read: that is told by itself. */
  get own(): Texts {
    this.ours ??= this.newOwn();
    return this.ours;
  }

  /** Our annotations for a manifest, where it is what was looked at; undefined for any other. */
  ownFor(given: Texts, namespace: string | undefined): Texts | undefined {
    if (namespace !== this.namespace || !isSame(given, this.given)) return undefined;
    return this.isBroken ? undefined : this.ours;
  }

  private newOwn(): Texts {
    try {
      return podAnnotations(this.given, this.attached, this.namespace);
    } catch (error) {
      if (!isNetloomError(error)) throw error;
      this.isBroken = true;
      return {};
    }
  }
}

function isSame(one: Texts, other: Texts): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => one[name] === other[name]);
}
