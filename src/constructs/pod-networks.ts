import type { Construct } from 'constructs';
import type { Problem } from '../errors';
import { attachmentText, onNodes, podNamePattern, podsOf, valueAt } from '../kubernetes';
import type { PodsDefinition } from '../rules';
import type { AttachOptions, DefaultNetworkOptions } from './attach-options';
import { clusterOf } from './cluster-facts';
import { isMachine, withMachineNetworks } from './machine-networks';
import { annotationsSteps, type Manifest, podSpecPath, withValue } from './manifest';
import { modelOf, type NamedClaimedAttachment } from './model';
import type { INetwork } from './network';
import { type OwnAttachments, podAnnotations } from './pod-annotations';
import { PodAttachment } from './pod-attachment';
import { checkMachineNetworks, checkPodNetworks } from './pod-check';
import { PodsView } from './pods-view';
import { withSilences } from './silence-annotation';
import { validateWith } from './validation';
import { WorkloadObject } from './workload-object';

const NONE: readonly Problem[] = [];
const NOTHING: OwnAttachments = { networks: [], replacements: [] };

/** The networks of one pod, of a workload's pods, or of a virtual machine of KubeVirt. */
export class PodNetworks {
  /**
   * The networks of a workload: any of cdk8s-plus (28 to 34), or an ApiObject of a Pod, of anything
   * with a pod template, or of a VirtualMachine. What is attached to it in another way stays in front.
   *
   * @throws Error for a construct that has no pods
   */
  static of(workload: Construct): PodNetworks {
    const known = modelOf(workload).podNetworks as Map<object, PodNetworks>;
    const before = known.get(workload);
    if (before) return before;
    const target = WorkloadObject.of(workload);
    const networks = known.get(target.object) ?? new PodNetworks(workload, target);
    known.set(target.object, networks);
    if (target.object !== workload) known.set(workload, networks);
    return networks;
  }

  private own: OwnAttachments = NOTHING;
  private readonly isMachine: boolean;
  private fingerprint = '';
  /** As of the last check. */
  private view: PodsView | undefined;

  private constructor(
    /** @internal */
    readonly construct: Construct,
    private readonly target: WorkloadObject,
  ) {
    this.isMachine = isMachine(target.object);
    target.finishWith(this);
    modelOf(construct).workloads.add(this);
    validateWith(construct, this);
  }

  /** Attaches the pods to a network, behind those that are attached already. */
  attach(network: INetwork, options: AttachOptions = {}): this {
    const { networks, replacements } = this.own;
    const one = new PodAttachment(this.construct, network, options);
    // Replaced instead of grown: a list that has grown takes room for many more.
    this.own = { networks: [...networks, one], replacements };
    return this.touch();
  }

  /**
   * Puts a network in the place of the cluster network: the pods' eth0 is then an interface of it
   * (Multus' annotation `v1.multus-cni.io/default-network`), and services and probes go there, too.
   */
  replaceDefault(network: INetwork, options: DefaultNetworkOptions = {}): this {
    const { networks, replacements } = this.own;
    const one = new PodAttachment(this.construct, network, options);
    this.own = { networks, replacements: [...replacements, one] };
    return this.touch();
  }

  private touch(): this {
    this.view = undefined;
    modelOf(this.construct).touch();
    return this;
  }

  /** @internal */
  _pods(): PodsDefinition | undefined {
    return this.view;
  }

  /** @internal */
  _hasChanged(): boolean {
    const before = this.fingerprint;
    this.fingerprint = this.target.fingerprint();
    return this.fingerprint !== before;
  }

  /** @internal */
  _claimedAttachments(): NamedClaimedAttachment[] {
    const claimed = this.attachments.filter(({ options }) => options.claim);
    if (claimed.length === 0) return [];
    const { kind, metadata } = this.target.render() as unknown as NamedManifest;
    const { name, namespace } = metadata;
    return claimed.map((attachment) => {
      const { written } = attachment;
      const isNear = this.own.networks.includes(attachment);
      const text = attachmentText(written, isNear ? namespace : undefined);
      const podName = podNamePattern(kind, name);
      return { twin: written.name, podNamespace: namespace, podName, text };
    });
  }

  /** @internal */
  _check(): readonly Problem[] {
    this.view = undefined;
    if (this.attachments.length === 0) return NONE;
    const { target, own } = this;
    const { facts } = clusterOf(this.construct);
    if (this.isMachine) return checkMachineNetworks(target, own, facts);
    const given = target.annotations();
    const view = new PodsView(target, own, given, true);
    // A program does not know all networks of its cluster: what others attach is not looked for.
    this.view = view.read ? new PodsView(target, own, given, false) : view;
    return checkPodNetworks(view, own, facts);
  }

  private get attachments(): readonly PodAttachment[] {
    return this.own.replacements.length === 0
      ? this.own.networks
      : [...this.own.networks, ...this.own.replacements];
  }

  /** Called when the workload is written. @internal */
  _finish(manifest: Manifest): Manifest {
    const attached = this.attachments.length === 0 ? manifest : this.attached(manifest);
    return withSilences(this.construct, attached);
  }

  private attached(manifest: Manifest): Manifest {
    const attached = this.isMachine
      ? withMachineNetworks(manifest, this.own.networks)
      : withPodNetworks(manifest, this.own, this.view);
    const nodes = this.attachments.flatMap((attachment) => attachment.nodes ?? []);
    if (nodes.length === 0) return attached;
    const path = podSpecPath(manifest);
    return withValue(attached, path, onNodes(valueAt(attached, path), nodes));
  }
}

/** As much of a workload as tells what its pods are called. */
interface NamedManifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function withPodNetworks(
  manifest: Manifest,
  own: OwnAttachments,
  view: PodsView | undefined,
): Manifest {
  const pods = podsOf(manifest);
  const given = pods?.annotations ?? {};
  const path = pods?.annotationsPath ?? annotationsSteps(String(manifest['kind']));
  const namespace = valueAt(manifest, ['metadata', 'namespace']) as string | undefined;
  const ours = view?.ownFor(given, namespace) ?? podAnnotations(given, own, namespace);
  return withValue(manifest, path, { ...given, ...ours });
}
