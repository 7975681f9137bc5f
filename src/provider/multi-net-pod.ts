import type { types } from '@pulumi/kubernetes';
import { Pod } from '@pulumi/kubernetes/core/v1/pod';
import * as pulumi from '@pulumi/pulumi';
import {
  type Attachment,
  claimedName,
  type InterfaceStatus,
  NETWORK_STATUS_ANNOTATION,
  NETWORKS_ANNOTATION,
  networksAnnotation,
  parseNetworkStatus,
} from '../kubernetes';
import type { AttachmentIntent } from '../rules';
import type { AddressClaim } from './address-claim';
import { admitAttachments } from './model';
import type { Network } from './network';
import { checked } from './problems';

/** How a pod is attached to a network. */
export interface AttachmentArgs {
  network: Network;
  /** Name of the interface in the pod, 1 to 15 bytes. @default - net1, net2 and so on, by position */
  interface?: pulumi.Input<string>;
  /** Addresses to ask for; static IPAM needs prefix lengths. @default - the IPAM chooses */
  ips?: pulumi.Input<pulumi.Input<string>[]>;
  /** MAC address to ask for. @default - the plugin chooses */
  mac?: pulumi.Input<string>;
  /** Next hops; moves the pod's default route to this interface. @default - none */
  defaultRoute?: pulumi.Input<pulumi.Input<string>[]>;
  /** Brings the addresses. The pod then attaches to the network's `-claimed` twin. @default - none */
  claim?: AddressClaim;
}

export interface MultiNetPodArgs {
  /** @default default */
  namespace?: pulumi.Input<string>;
  /** @default - the resource's name as `name` */
  metadata?: types.input.meta.v1.ObjectMeta;
  spec: pulumi.Input<types.input.core.v1.PodSpec>;
  /** Its networks beside the cluster's, in order. */
  attachments: AttachmentArgs[];
}

/** A Pod with more than the cluster network. A changed attachment replaces it: Multus reads it at the start only. */
export class MultiNetPod extends pulumi.ComponentResource {
  readonly pod: Pod;
  /** What Multus says that the pod got; empty until it has said so. */
  readonly interfaces: pulumi.Output<InterfaceStatus[]>;

  constructor(name: string, args: MultiNetPodArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:MultiNetPod', name, {}, opts);
    const namespace = pulumi.output(args.namespace).apply((known) => known ?? 'default');
    const intents = pulumi.all(args.attachments.map(intentOf));
    const known = pulumi.all([intents, gracePeriodOf(args.spec)]);
    const annotation = pulumi
      .all([
        checked(this, known, ([list, terminationGracePeriodSeconds]) =>
          admitAttachments(
            name,
            list as AttachmentIntent[],
            terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds },
          ),
        ),
        namespace,
        rendered(args.attachments),
      ])
      .apply(([, space, attachments]) => networksAnnotation(attachments, space));
    const others = args.metadata?.annotations ?? {};
    this.pod = new Pod(
      name,
      {
        metadata: {
          name,
          ...args.metadata,
          namespace,
          // Plain members stay apart, so that a preview shows all but what is unknown.
          annotations: pulumi.Output.isInstance(others)
            ? pulumi
                .all([others, annotation])
                .apply(([known, networks]) => ({ ...known, [NETWORKS_ANNOTATION]: networks }))
            : { ...others, [NETWORKS_ANNOTATION]: annotation },
        },
        spec: args.spec,
      },
      {
        parent: this,
        dependsOn: args.attachments.map(({ network, claim }) =>
          claim ? (network.claimedResource ?? network) : network.resource,
        ),
        replaceOnChanges: [`metadata.annotations["${NETWORKS_ANNOTATION}"]`],
        // The new pod has the same name, and the same address where that is claimed.
        deleteBeforeReplace: true,
      },
    );
    // The id, unknown in a preview, keeps the inputs' annotations from passing for the pod's own.
    this.interfaces = pulumi
      .all([this.pod.id, this.pod.metadata])
      .apply(([, known]) => parseNetworkStatus(known.annotations?.[NETWORK_STATUS_ANNOTATION]));
    this.registerOutputs({ interfaces: this.interfaces });
  }
}

/** Alone, because the rest of a pod may hold what a preview can't know. */
function gracePeriodOf(spec: MultiNetPodArgs['spec']): pulumi.Output<number | undefined> {
  if (pulumi.Output.isInstance(spec) || spec instanceof Promise) {
    return pulumi.output(spec).apply((known) => known.terminationGracePeriodSeconds);
  }
  return pulumi.output(spec.terminationGracePeriodSeconds);
}

/** An attachment as the rules see it: the addresses of a claim are its own business. */
function intentOf(args: AttachmentArgs): pulumi.Output<AttachmentIntent> {
  const { interface: ifname, ips, mac, defaultRoute } = args;
  return pulumi
    .all([
      args.network._known.apply((known) => known.definition),
      args.claim?._intent,
      pulumi.output({ ifname, ips, mac, defaultRoute }),
    ])
    .apply(
      ([network, claim, known]): AttachmentIntent => ({
        network,
        claim,
        attachment: {
          name: network.name,
          namespace: network.namespace,
          interface: known.ifname,
          ips: known.ips,
          mac: known.mac,
          defaultRoute: known.defaultRoute,
        },
      }),
    ) as pulumi.Output<AttachmentIntent>;
}

function rendered(attachments: readonly AttachmentArgs[]): pulumi.Output<Attachment[]> {
  return pulumi.all(
    attachments.map((args) =>
      pulumi.all([intentOf(args), args.claim?.cidrs]).apply(([intent, cidrs]): Attachment => {
        const { attachment } = intent as AttachmentIntent;
        if (!args.claim) return attachment;
        return { ...attachment, name: claimedName(attachment.name), ips: cidrs };
      }),
    ),
  ) as pulumi.Output<Attachment[]>;
}
