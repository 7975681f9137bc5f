import { type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import type {
  ClaimedAttachment,
  HostBridgeDefinition,
  KubeOvnSubnetDefinition,
  NamedNetwork,
  NetworkDefinition,
} from '../kubernetes';
import type { InstalledPart, NamedClaim, PodsDefinition } from '../rules';
import { writeHelmDefinitions } from './gitops-helm';

/** A construct, or a part of one, that can tell what is wrong with it by itself. */
export interface Checked {
  /** @internal */
  _check(): readonly Problem[];
}

/** A workload whose pods attach to networks. */
export interface AttachedWorkload {
  readonly construct: IConstruct;
  /** Its pods as of its last check; undefined while nothing is attached. @internal */
  _pods(): PodsDefinition | undefined;
  /** True when somebody else has changed it since the last time. @internal */
  _hasChanged(): boolean;
  /** What its pods attach to twins, by claims. @internal */
  _claimedAttachments(): readonly NamedClaimedAttachment[];
}

/** A subnet whose provider is known when all networks are. */
export interface ProvidedSubnet extends IConstruct {
  /** @internal */
  _definition(): KubeOvnSubnetDefinition;
  /** Providers that are told of there, and nowhere else. @internal */
  _strangers(): readonly string[];
}

/** An attachment that comes of a claim, with the name of the twin. */
export interface NamedClaimedAttachment extends ClaimedAttachment {
  readonly twin: string;
}

/** What is told of one construct. */
export interface Validation {
  readonly construct: IConstruct;
  readonly checks: Checked[];
  /** As of the last judgement. */
  problems: readonly Problem[];
}

/** What all constructs of one tree know of each other: rules that need several objects look here. */
export class Model {
  /** What rules look at, with the construct that is told of it. */
  readonly networks = new Map<NetworkDefinition, IConstruct>();
  readonly bridges = new Map<HostBridgeDefinition, IConstruct>();
  readonly claims = new Map<NamedClaim, IConstruct>();
  readonly subnets = new Set<ProvidedSubnet>();
  /** Providers whose Subnet something else makes. */
  readonly foreignProviders = new Set<string>();
  readonly workloads = new Set<AttachedWorkload>();
  /** The networks of pods by the workload, and by its object where that is another construct. */
  readonly podNetworks = new Map<object, AttachedWorkload>();
  /** What is installed, by the construct that does it. */
  readonly installs = new Map<IConstruct, readonly InstalledPart[]>();
  /** Networks that something else makes, and that this program refers to. */
  readonly references = new Set<NamedNetwork>();
  readonly validations = new Map<IConstruct, Validation>();
  /** Warnings that were told already. */
  readonly told = new Set<string>();
  /** True once something was silenced. */
  hasSilences = false;
  /** Goes up with everything that rules may judge in another way. */
  version = 0;
  /** What was judged last. */
  judgedVersion = -1;

  /** To be called with every change. */
  touch(): this {
    this.version += 1;
    return this;
  }
}

const models = new WeakMap<IConstruct, Model>();

/** The model of the tree that a construct stands in. */
export function modelOf(construct: IConstruct): Model {
  const root = Node.of(construct).root;
  const existing = models.get(root);
  if (existing) return existing;
  const model = new Model();
  models.set(root, model);
  writeHelmDefinitions(root);
  // The root is asked first: cdk8s validates a tree from the top, once for the app and once for each chart.
  root.node.addValidation({
    validate: () => {
      // All of them: each remembers what it was like.
      for (const workload of model.workloads) if (workload._hasChanged()) model.touch();
      return [];
    },
  });
  return model;
}
