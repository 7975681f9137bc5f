import * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../errors';
import {
  additionalNetworksOf,
  type HostFile,
  type HostStep,
  type InstallManifest,
  type InstallObject,
  type InstallParts,
} from '../installs';
import { type PlatformChoices, type PlatformFacts, platformFacts } from '../kubernetes';
import { chartSpec } from './chart-values';
import { dependenciesOf } from './inputs';
import { KubernetesObject } from './kubernetes-object';
import { openShiftNetworks } from './openshift-networks';
import { configuredPlatform, platformNamed } from './platform';
import { reportProblems, whenAdmitted } from './problems';
import { type Silence, silenceAt } from './silence';

/** What every install takes beside its settings, which are plain: they decide which objects there are. */
export interface InstallArgs {
  /** `kubernetes`, `microshift`, `rke2`, `k3s`, `openshift`, `kube-ovn` or `tanzu`. @default - `netloom:platform`, else kubernetes */
  platform?: string;
  /** What differs from the platform's own folders and the like. @default - nothing */
  platformChoices?: PlatformChoices;
  /** Warnings that are no problem here, with the reason. @default - none */
  silence?: Silence;
}

/** What an install is on one platform. @internal */
export interface InstallPlan {
  readonly parts: InstallParts;
  readonly problems: readonly Problem[];
}

/** What else an install needs, known when the program has run. @internal */
export type LateParts = (
  facts: PlatformFacts,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.Output<boolean> | undefined;

/** Something that is put onto a cluster, in the way in which its platform has it: one resource for each object. */
export abstract class Install extends pulumi.ComponentResource {
  /**
   * The objects, in the order in which they are applied; on OpenShift also the program's part of the
   * operator's one object.
   */
  readonly resources: readonly pulumi.CustomResource[];
  /** What belongs on hosts, where no object can put it. */
  readonly hostFiles: readonly HostFile[];
  /** What is done on hosts, where no object can do it. */
  readonly hostSteps: readonly HostStep[];
  /** True once all objects are there: for what has to wait for them. */
  readonly ready: pulumi.Output<boolean>;

  constructor(
    type: string,
    name: string,
    args: InstallArgs,
    plan: (facts: PlatformFacts) => InstallPlan,
    opts?: pulumi.ComponentResourceOptions,
    late?: LateParts,
  ) {
    super(`netloom:index:${type}`, name, {}, opts);
    const facts = factsOf(args);
    const { parts, problems } = plan(facts);
    reportProblems(this, [...silenceAt(this, args.silence), ...problems]);
    this.hostFiles = parts.hostFiles;
    this.hostSteps = parts.hostSteps;
    const made: pulumi.CustomResource[] = [];
    const operators: pulumi.CustomResource[] = [];
    for (const object of parts.objects) {
      const entries = additionalNetworksOf(object);
      if (entries) {
        const operator = openShiftNetworks(this, opts);
        for (const entry of entries) operators.push(operator._add(this, entry, entry));
        continue;
      }
      const before = made.at(-1);
      const resource = this.make(name, object, before ? [before] : dependenciesOf(opts));
      if (resource) made.push(resource);
    }
    this.resources = [...made, ...operators];
    const rest = late?.(facts, { parent: this, dependsOn: [...made] });
    const ids = pulumi.all(this.resources.map(({ id }) => id));
    this.ready = pulumi.all([ids, rest ?? true]).apply(() => true);
    this.registerOutputs({ ready: this.ready });
  }

  private make(
    name: string,
    object: InstallObject,
    dependsOn: pulumi.Input<pulumi.Resource>[],
  ): KubernetesObject | undefined {
    const { manifest } = object;
    const spec = object.chart ? chartSpec(this, object) : undefined;
    if (object.chart && !spec) return undefined;
    return new KubernetesObject(
      `${name}-${object.id}`,
      {
        ...manifest,
        ...(spec && { spec }),
        metadata: whenAdmitted(pulumi.output(awaited(manifest))),
      },
      { parent: this, dependsOn },
    );
  }
}

function factsOf({ platform, platformChoices }: InstallArgs): PlatformFacts {
  const facts = platform === undefined ? configuredPlatform() : platformNamed(platform, 'platform');
  const { name } = facts ?? platformFacts('kubernetes');
  return platformFacts(name, platformChoices);
}

/** What comes with a package is there when its controller says so: networks need the definition in it. */
function awaited({ kind, metadata }: InstallManifest): InstallManifest['metadata'] {
  if (kind !== 'PackageInstall') return metadata;
  const waits = { 'pulumi.com/waitFor': 'condition=ReconcileSucceeded' };
  return { ...metadata, annotations: { ...metadata.annotations, ...waits } };
}
