import { CustomResourcePatch } from '@pulumi/kubernetes/apiextensions/customResourcePatch';
import * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../errors';
import { type AdditionalNetwork, type OperatorNetworkSettings, operatorNetwork } from '../installs';
import { checkEntries, type SubjectEntry } from '../rules';
import { dependenciesOf } from './inputs';
import { fieldManagerOf } from './owner';
import { reportProblems, whenAdmitted } from './problems';

export interface OpenShiftNetworksArgs {
  /**
   * Starts the controller of MultiNetworkPolicy objects: macvlan, ipvlan, SR-IOV and bond.
   *
   * @default - as the cluster has it
   */
  useMultiNetworkPolicy?: pulumi.Input<boolean>;
}

/** The name and namespace of an entry: known before it is known whether it can be written. */
export type EntryPlace = Pick<AdditionalNetwork, 'name' | 'namespace'>;

/**
 * What this program adds to OpenShift's one object `Network.operator.openshift.io/cluster`: networks
 * with `additionalNetwork`, and the shims that start the daemons of dhcp and whereabouts. Without this
 * component it is made where it is needed first. Construct it before all networks; namespaces in which
 * the operator is to make networks go into its `dependsOn`.
 *
 * A part of the object only, by server-side apply with a field manager of its own: entries of others
 * stay, and `destroy` takes away what is written here.
 *
 * @throws NL_NAME_TWICE for a second one, and for entries of one name in two namespaces
 */
export class OpenShiftNetworks extends pulumi.ComponentResource {
  readonly resource: CustomResourcePatch;
  private readonly entries: pulumi.Output<AdditionalNetwork>[] = [];
  private readonly seen: SubjectEntry<pulumi.ComponentResource>[] = [];
  private isSettled = false;

  constructor(
    name: string,
    args: OpenShiftNetworksArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('netloom:index:OpenShiftNetworks', name, {}, opts);
    if (only) reportProblems(this, [HELD_TWICE]);
    only ??= this;
    // What the networks and installs of the program want is known when it has run.
    const ran = new Promise<boolean>((resolve) => setImmediate(resolve, true));
    const additionalNetworks = pulumi.output(ran).apply(() => {
      this.isSettled = true;
      return pulumi.all(this.entries);
    }) as pulumi.Output<AdditionalNetwork[]>;
    const settings = pulumi.all([additionalNetworks, args.useMultiNetworkPolicy]);
    const { apiVersion, kind, metadata } = operatorNetwork({}).manifest;
    this.resource = new CustomResourcePatch(
      name,
      {
        apiVersion,
        kind,
        metadata: {
          name: metadata.name,
          // The same for a program that was killed and is run again: nothing is left behind of it.
          annotations: { 'pulumi.com/patchFieldManager': fieldManagerOf(name) },
        },
        spec: whenAdmitted(
          settings.apply(([entries, useMultiNetworkPolicy]) =>
            specOf({ additionalNetworks: once(entries), useMultiNetworkPolicy }),
          ) as pulumi.Output<object>,
        ),
      },
      { parent: this, dependsOn: dependenciesOf(opts) },
    );
    this.registerOutputs({});
  }

  /** Adds an entry to the list of the operator. @internal */
  _add(
    component: pulumi.ComponentResource,
    place: pulumi.Input<EntryPlace>,
    entry: pulumi.Input<AdditionalNetwork>,
  ): CustomResourcePatch {
    if (this.isSettled) reportProblems(component, [TOO_LATE]);
    this.entries.push(pulumi.output(entry) as pulumi.Output<AdditionalNetwork>);
    pulumi.output(place).apply(({ name, namespace }) => {
      const before = checkEntries(this.seen).length;
      this.seen.push({ subject: component, entry: { name, namespace, type: 'Raw' } });
      const found = checkEntries(this.seen).slice(before);
      reportProblems(
        component,
        found.map(({ problem }) => problem),
      );
    });
    return this.resource;
  }
}

let only: OpenShiftNetworks | undefined;

/** The program's part of the operator's object; made for a component where there is none yet. */
export function openShiftNetworks(
  component: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions | undefined,
): OpenShiftNetworks {
  if (only) return only;
  const provider = component.getProvider('kubernetes:operator.openshift.io/v1:NetworkPatch');
  const dependsOn = dependenciesOf(opts);
  return new OpenShiftNetworks(
    'openshift-networks',
    {},
    { dependsOn, ...(provider && { provider }) },
  );
}

/** Networks that several want, such as a shim, are one entry. */
function once(entries: readonly AdditionalNetwork[]): AdditionalNetwork[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}

function specOf(settings: OperatorNetworkSettings): object {
  return operatorNetwork(settings).manifest['spec'] as object;
}

const HELD_TWICE: Problem = {
  code: 'NL_NAME_TWICE',
  key: '',
  found:
    "the program has another OpenShiftNetworks, and there is one object of OpenShift's operator",
  allowed: 'one OpenShiftNetworks, constructed before all networks and installs',
  fix: 'construct it first, and leave others out',
};

const TOO_LATE: Problem = {
  code: 'NL_VALUES_CONFLICT',
  key: '',
  found:
    "it is constructed after something was waited for (await, apply), when the one object of OpenShift's operator is made already",
  allowed: 'networks and installs on OpenShift that are constructed in one go',
  fix: 'construct them before the first await',
};
