import type { types } from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { definedOnly } from '../cni';
import { type Problem, within } from '../errors';
import {
  type Attachment,
  interfaceNames,
  NETWORKS_ANNOTATION,
  type NodeSelection,
  networksAnnotation,
  onNodes,
  podNamePattern,
  selectionConflicts,
} from '../kubernetes';
import type { PodsDefinition, WorkloadManifest } from '../rules';
import {
  type AttachmentArgs,
  claimedText,
  type KnownAttachment,
  knownAttachment,
  kubeOvnPodAnnotations,
  writtenAttachment,
} from './attachments';
import { mapped } from './inputs';
import { admitPods } from './model';
import { Network } from './network';
import { type NetworkStatusArgs, waitsForPods } from './network-status';
import { checked } from './problems';
import { type Silence, silenceAnnotations, silenceAt } from './silence';

/** What every MultiNet* component takes beside its `spec`. */
export interface AttachedPodsArgs {
  /** @default default */
  namespace?: pulumi.Input<string>;
  /** @default - the resource's name as `name` */
  metadata?: types.input.meta.v1.ObjectMeta;
  /** Its networks beside the cluster's, in order. */
  attachments: AttachmentArgs[];
  /** Seconds that the pods may take until they are ready. @default 600 */
  timeoutSeconds?: pulumi.Input<number>;
  /** Warnings that are no problem here, with the reason. @default - none */
  silence?: Silence;
}

type Members = Record<string, unknown>;

/** The pods of one workload, and what its component makes of its args. */
export class AttachedPods {
  readonly metadata: types.input.meta.v1.ObjectMeta;
  /** What has to be there before the pods. */
  readonly dependsOn: pulumi.Input<pulumi.Resource>[];
  private readonly namespace: pulumi.Output<string>;
  private readonly objectName: pulumi.Output<string>;
  private readonly known: pulumi.Output<() => KnownAttachment>[];
  private readonly written: pulumi.Output<Attachment[]>;
  private readonly annotation: pulumi.Output<string>;

  constructor(
    component: pulumi.ComponentResource,
    name: string,
    private readonly kind: 'Pod' | 'Deployment' | 'StatefulSet' | 'DaemonSet',
    private readonly args: AttachedPodsArgs,
    spec: unknown,
  ) {
    const { attachments, metadata, silence } = args;
    this.namespace = pulumi.output(args.namespace).apply((known) => known ?? 'default');
    this.objectName = pulumi.output(metadata?.name).apply((known) => known ?? name);
    this.known = attachments.map(knownAttachment);
    const known = pulumi.all([
      pulumi.all(this.known),
      this.objectName,
      this.namespace,
      workloadOf(kind, spec),
      pulumi.output(this.givenAnnotations(spec)),
    ]);
    const admitted = checked(component, known, ([all, podName, namespace, workload, given]) => [
      ...silenceAt(component, silence),
      ...checkAll(component, {
        all: all.map((of) => of() as KnownAttachment),
        name: podName,
        namespace,
        workload: workload as WorkloadManifest,
        given: (given ?? {}) as Record<string, string>,
      }),
    ]);
    this.written = pulumi.all(
      attachments.map((one, index) =>
        writtenAttachment(one, this.known[index] as pulumi.Output<() => KnownAttachment>),
      ),
    ) as pulumi.Output<Attachment[]>;
    this.annotation = pulumi
      .all([admitted, this.namespace, this.written])
      .apply(([, space, all]) => networksAnnotation(all as Attachment[], space));
    this.dependsOn = attachments.flatMap(({ network, claim }) =>
      network instanceof Network ? network._resources(claim !== undefined) : [],
    );
    this.allowClaims();
    const own = {
      ...silenceAnnotations(silence),
      ...(waitsForPods() && noWaiting(kind)),
    };
    const given = metadata?.annotations;
    const isNone = Object.keys(own).length === 0;
    const annotations = isNone ? given : mapped(given, (all) => ({ ...all, ...own }));
    const written = kind === 'Pod' ? this.withNetworks(annotations) : annotations;
    this.metadata = {
      name,
      ...metadata,
      namespace: this.namespace,
      ...(written !== undefined && { annotations: written as never }),
    };
  }

  /** The `spec` of a workload, its pods with their networks. */
  workloadSpec(spec: unknown): pulumi.Input<Members> {
    return mapped(spec, (members) => ({
      ...members,
      template: mapped(members['template'], (template) => ({
        ...template,
        metadata: mapped(template['metadata'], (metadata) => ({
          ...metadata,
          annotations: this.withNetworks(metadata['annotations']),
        })),
        spec: this.podSpec(template['spec']),
      })),
    }));
  }

  /** The `spec` of the pods themselves. */
  podSpec(spec: unknown): pulumi.Input<Members> {
    const isBound = this.args.attachments.some(({ nodeGroup }) => nodeGroup !== undefined);
    if (!isBound) return spec as pulumi.Input<Members>;
    return pulumi
      .all([spec as pulumi.Input<Members>, pulumi.all(this.known)])
      .apply(([members, all]) =>
        onNodes(
          members,
          all.flatMap((of) => (of().nodes ?? []) as NodeSelection[]),
        ),
      );
  }

  /** What the pods' NetworkStatus waits for. */
  status(object: {
    readonly metadata: pulumi.Output<{ readonly uid?: string; readonly generation?: number }>;
  }): NetworkStatusArgs {
    return {
      kind: this.kind,
      namespace: this.namespace,
      name: this.objectName,
      revision: object.metadata.apply((known) => revisionOf(this.kind, known)),
      attachments: pulumi
        .all(this.known)
        .apply((all) => wantedOf(all, this.args.attachments)) as never,
      ...(this.args.timeoutSeconds !== undefined && { timeoutSeconds: this.args.timeoutSeconds }),
    };
  }

  private givenAnnotations(spec: unknown): unknown {
    if (this.kind === 'Pod') return this.args.metadata?.annotations;
    return mapped(spec, (members) => ({
      of: mapped(members['template'], (template) => ({
        of: mapped(template['metadata'], (metadata) => ({ of: metadata['annotations'] })),
      })),
    }));
  }

  /** Plain members stay apart, so that a preview shows all but what is unknown. */
  private withNetworks(given: unknown): pulumi.Input<Members> {
    const annotation = this.annotation;
    const hasKubeOvn = this.args.attachments.some(
      ({ network }) => network instanceof Network && network._isKubeOvn,
    );
    const all = mapped(given, (members) => ({ ...members, [NETWORKS_ANNOTATION]: annotation }));
    if (!hasKubeOvn) return all;
    return pulumi.all([pulumi.output(all), pulumi.all(this.known)]).apply(([members, known]) => ({
      ...members,
      ...kubeOvnPodAnnotations(known.map((of) => of() as KnownAttachment)),
    }));
  }

  /** Lets the policies of the claimed networks know. */
  private allowClaims(): void {
    for (const [index, { network, claim, nodeGroup }] of this.args.attachments.entries()) {
      if (!claim || !(network instanceof Network)) continue;
      const pods = pulumi
        .all([this.written, this.namespace, this.objectName])
        .apply(([all, namespace, name]) =>
          claimedText(all[index] as Attachment, namespace, podNamePattern(this.kind, name)),
        );
      network._attachClaimed(nodeGroup, pods as never);
    }
  }
}

interface KnownPods {
  readonly all: readonly KnownAttachment[];
  readonly name: string;
  readonly namespace: string;
  readonly workload: WorkloadManifest;
  readonly given: Readonly<Record<string, unknown>>;
}

function checkAll(component: pulumi.ComponentResource, pods: KnownPods): Problem[] {
  const { all, name, namespace, workload } = pods;
  const given = textsOf(pods.given);
  const attachments = all.map(({ intent }) => intent);
  const definition: PodsDefinition = {
    name,
    namespace,
    workload,
    attachments,
    annotations: {
      ...given,
      [NETWORKS_ANNOTATION]: networksAnnotation(
        attachments.map(({ attachment }) => attachment),
        namespace,
      ),
    },
  };
  const inherited = given[NETWORKS_ANNOTATION];
  return [
    ...admitPods(component, definition),
    ...(inherited === undefined ? [] : [annotatedToo(inherited)]),
    ...all.flatMap(({ problems }, index) => within(`attachments[${index}]`, problems)),
    ...checkNodes(workload, all),
  ];
}

/**
 * Tells the Kubernetes provider not to wait until pods are ready. With skipAwait it would not wait either
 * until a pod is gone, and its replacement of the same name be refused; a pod waits for what it has at once.
 */
function noWaiting(kind: string): Record<string, string> {
  return kind === 'Pod'
    ? { 'pulumi.com/waitFor': 'jsonpath={.metadata.uid}' }
    : { 'pulumi.com/skipAwait': 'true' };
}

/** Annotations lie at different depths: in `of` below `of` those of a pod template. */
function textsOf(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const { of } = given;
  if (typeof of === 'object' && of !== null) return textsOf(of as Record<string, unknown>);
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function annotatedToo(text: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: `annotations["${NETWORKS_ANNOTATION}"]`,
    found: `it is ${JSON.stringify(text)}, and the attachments take its place`,
    allowed: 'one of them',
    fix: 'make attachments of it: { network: Network.fromName({ name, namespace }) }',
  };
}

/** Pods that no node is fit for. */
function checkNodes(workload: WorkloadManifest, all: readonly KnownAttachment[]): Problem[] {
  let spec: unknown = workload.spec?.template?.spec ?? workload.spec;
  return all.flatMap(({ nodes, intent }, index): Problem[] => {
    if (!nodes) return [];
    const conflicts = selectionConflicts(spec, [nodes]);
    spec = onNodes(spec, [nodes]);
    return conflicts.map(({ label, values: [before, wanted] }) => ({
      code: 'NL_NODE_GROUP',
      key: `attachments[${index}].nodeGroup`,
      found: `network "${intent.network?.name}" is for nodes with ${label}=${wanted}, and the pod is for those with ${before}`,
      allowed: 'groups that have nodes in common',
      fix: 'choose another group, or another nodeSelector',
    }));
  });
}

/** What rules look at: alone, because the rest of a workload may hold what a preview can't know. */
function workloadOf(kind: string, spec: unknown): pulumi.Output<WorkloadManifest> {
  const podSpec = (members: Members) =>
    pick(members, [
      ...['terminationGracePeriodSeconds', 'hostNetwork', 'nodeName', 'nodeSelector'],
      ...['affinity', 'topologySpreadConstraints'],
    ]);
  const relevant =
    kind === 'Pod'
      ? mapped(spec, podSpec)
      : mapped(spec, (members) => ({
          ...pick(members, ['replicas', 'strategy', 'updateStrategy', 'ordinals']),
          template: mapped(members['template'], (template) => ({
            spec: mapped(template['spec'], podSpec),
          })),
        }));
  return pulumi
    .output(relevant)
    .apply((known) => ({ kind, spec: known })) as pulumi.Output<WorkloadManifest>;
}

function pick(members: Members, names: readonly string[]): Members {
  return definedOnly(Object.fromEntries(names.map((name) => [name, members[name]])));
}

/** Of a pod who it is; of a workload what it was told last. */
function revisionOf(
  kind: string,
  { uid, generation }: { readonly uid?: string; readonly generation?: number } = {},
): string {
  // The beginning of it tells one object from the next as well.
  const object = uid?.slice(0, 8) ?? '';
  return kind === 'Pod' ? object : `${object}/${generation ?? ''}`;
}

/** What is looked for in the status: only what the program says. */
function wantedOf(all: readonly (() => unknown)[], args: readonly AttachmentArgs[]) {
  const attachments = all.map((of) => (of() as KnownAttachment).intent.attachment);
  const names = interfaceNames(attachments);
  return attachments.map(({ name, namespace, ips, mac }, index) => {
    const { claim } = args[index] as AttachmentArgs;
    return definedOnly({
      network: namespace === undefined ? name : `${namespace}/${name}`,
      interface: names[index] as string,
      // What depends on claims would have all their URNs in its state.
      ...(claim ? { claimed: true } : { ips }),
      mac,
    });
  });
}
