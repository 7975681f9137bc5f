import { ApiObject, type ApiObjectMetadataDefinition, Chart, Lazy } from 'cdk8s';
import { type Construct, type IConstruct, Node } from 'constructs';
import { type Problem, within } from '../errors';
import {
  type Attachment,
  claimedName,
  NETWORKS_ANNOTATION,
  networksAnnotation,
} from '../kubernetes';
import {
  type AttachmentIntent,
  checkAttachments,
  checkClaimWorkload,
  claimTwice,
  type WorkloadManifest,
} from '../rules';
import type { AddressClaim } from './address-claim';
import { type INetwork, Network } from './network';
import { validateWith } from './validation';

/** How a pod is attached to a network. */
export interface AttachOptions {
  /**
   * Name of the interface in the pod, 1 to 15 bytes.
   *
   * @default - net1, net2 and so on, by position
   * @throws NL_INTERFACE_TWICE, NL_IFNAME_TOO_LONG, NL_IFNAME_INVALID, at synthesis
   */
  readonly interface?: string;
  /** Addresses to ask for; static IPAM needs prefix lengths. @default - the IPAM chooses */
  readonly ips?: string[];
  /** MAC address to ask for. @default - the plugin chooses */
  readonly mac?: string;
  /** Next hops; moves the pod's default route to this interface. At most one of each family in a pod. */
  readonly defaultRoute?: string[];
  /** Brings the addresses. The pod then attaches to the network's `-claimed` twin. @default - none */
  readonly claim?: AddressClaim;
}

interface PodTemplate {
  readonly metadata: ApiObjectMetadataDefinition;
  readonly namespace: () => string | undefined;
}

interface Intent extends AttachmentIntent {
  readonly claimed: AddressClaim | undefined;
}

const known = new WeakMap<IConstruct, PodNetworks>();

/** Who attached a claim first. */
const holders = new WeakMap<AddressClaim, string>();

/** The networks of one pod or of a workload's pods. */
export class PodNetworks {
  /**
   * The networks of a workload: any of cdk8s-plus (28 to 34), or a Pod made as an ApiObject.
   *
   * @throws Error for a construct that has no pods
   */
  static of(workload: Construct): PodNetworks {
    return known.get(workload) ?? new PodNetworks(workload);
  }

  private readonly intents: Intent[] = [];
  private readonly strangers: Problem[] = [];
  private readonly template: PodTemplate;
  private isLooking = false;

  private constructor(private readonly workload: Construct) {
    known.set(workload, this);
    this.template = podTemplate(workload);
    const produce = (): string | undefined =>
      this.isLooking || this.intents.length === 0
        ? undefined
        : networksAnnotation(this.attachments, this.template.namespace());
    // Lazy: attachments may be added until synthesis. cdk8s types annotation values as strings only.
    this.template.metadata.addAnnotation(NETWORKS_ANNOTATION, Lazy.any({ produce }) as string);
    validateWith(workload, () => [
      ...checkAttachments(this.intents),
      ...this.strangers,
      ...this.checkClaims(),
    ]);
  }

  /** Attaches the pod to a network, behind those that are attached already. */
  attach(network: INetwork, options: AttachOptions = {}): this {
    const { claim } = options;
    const index = this.intents.length;
    if (network instanceof Network && network.node.root !== Node.of(this.workload).root) {
      this.strangers.push(...within(`attachments[${index}]`, [otherApp(network)]));
    }
    if (claim) {
      const holder = holders.get(claim);
      if (holder === undefined) holders.set(claim, Node.of(this.workload).path);
      else {
        const twice = claimTwice(claim._intent.name, holder);
        this.strangers.push(...within(`attachments[${index}]`, [twice]));
      }
    }
    this.intents.push({
      network: network._definition,
      claim: claim && { ...claim._intent, families: claim._families },
      claimed: claim,
      attachment: {
        name: claim ? claimedName(network.name) : network.name,
        namespace: network.namespace,
        interface: options.interface,
        ips: options.ips,
        mac: options.mac,
        defaultRoute: options.defaultRoute,
      },
    });
    return this;
  }

  private checkClaims(): Problem[] {
    if (!this.intents.some(({ claim }) => claim)) return [];
    const workload = this.manifest();
    return this.intents.flatMap(({ claim }, index) =>
      claim ? within(`attachments[${index}]`, checkClaimWorkload(claim.name, workload)) : [],
    );
  }

  /** The workload as it will be written, but for our annotation: a claim that is wrong has none to give. */
  private manifest(): WorkloadManifest {
    const { defaultChild } = Node.of(this.workload);
    const object = this.workload instanceof ApiObject ? this.workload : defaultChild;
    this.isLooking = true;
    try {
      return (object as ApiObject).toJson();
    } finally {
      this.isLooking = false;
    }
  }

  /** What is attached, in order. @internal */
  get attachments(): Attachment[] {
    return this.intents.map(({ attachment, claimed }) =>
      claimed ? { ...attachment, ips: claimed.cidrs } : attachment,
    );
  }
}

function podTemplate(workload: Construct): PodTemplate {
  const { podMetadata, metadata } = workload as {
    podMetadata?: ApiObjectMetadataDefinition;
    metadata?: ApiObjectMetadataDefinition;
    kind?: string;
  };
  const namespace = (): string | undefined =>
    metadata?.namespace ?? Chart.of(Node.of(workload).scopes.at(-1) as Construct).namespace;
  if (podMetadata) return { metadata: podMetadata, namespace };
  const kind = workload instanceof ApiObject ? workload.kind : (workload as { kind?: string }).kind;
  if (metadata && (kind === 'Pod' || isPlusPod(workload))) return { metadata, namespace };
  throw new Error(
    `${Node.of(workload).path || 'this construct'} has no pods. Allowed: a workload of cdk8s-plus, or an ApiObject of kind Pod. Fix: pass the Pod, Deployment, StatefulSet or DaemonSet itself.`,
  );
}

/** By its shape, because each cdk8s-plus release has a Pod class of its own. */
function isPlusPod(workload: Construct): boolean {
  const child = Node.of(workload).defaultChild;
  return child instanceof ApiObject && child.kind === 'Pod';
}

function otherApp(network: Network): Problem {
  return {
    code: 'NL_NETWORK_NOT_FOUND',
    key: 'network',
    found: `network "${network.name}" is made in another App, so that nothing here makes it`,
    allowed: 'a network of the same App, or Network.fromName for one that something else makes',
    fix: `Network.fromName(this, 'id', { name: '${network.name}' })`,
  };
}
