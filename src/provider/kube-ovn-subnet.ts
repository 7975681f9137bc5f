import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource';
import * as pulumi from '@pulumi/pulumi';
import { definedOnly } from '../cni';
import type { Problem } from '../errors';
import {
  KUBE_OVN_API_VERSION,
  KUBE_OVN_SUBNET_KIND,
  type KubeOvnSubnetDefinition,
  kubeOvnSubnetSpec,
} from '../kubernetes';
import { dependenciesOf, type InputsOf } from './inputs';
import { admitSubnet } from './model';
import { checked, reportProblems } from './problems';
import { type Silence, silenceAnnotations, silenceAt } from './silence';

export interface KubeOvnSubnetArgs extends InputsOf<Omit<KubeOvnSubnetDefinition, 'name'>> {
  /** Name of the object, in the whole cluster. @default - the resource's name */
  name?: pulumi.Input<string>;
  /** Labels and annotations of the object. @default - none */
  metadata?: types.input.meta.v1.ObjectMeta;
  /** Warnings that are no problem here, with the reason. @default - none */
  silence?: Silence;
}

/**
 * A Subnet of Kube-OVN: the addresses of one network, for the whole cluster. Its provider, which has
 * to be the same on both objects, comes of the network that is given it; without one it is a subnet
 * of the cluster network (`ovn`).
 *
 * @see https://kubeovn.github.io/docs/stable/en/guide/subnet/
 */
export class KubeOvnSubnet extends pulumi.ComponentResource {
  /** Name of the object. */
  readonly name: pulumi.Output<string>;
  /** The provider that is written; undefined for a subnet of the cluster network. */
  readonly provider: pulumi.Output<string | undefined>;
  readonly resource: CustomResource;
  private readonly providers: pulumi.Output<string>[] = [];
  private isSettled = false;

  constructor(name: string, args: KubeOvnSubnetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:KubeOvnSubnet', name, {}, opts);
    const { metadata, silence, provider, ...others } = args;
    // The network that uses it is constructed later, but in the same turn.
    const users = pulumi
      .output(new Promise<boolean>((resolve) => queueMicrotask(() => resolve(true))))
      .apply(() => {
        this.isSettled = true;
        return pulumi.all(this.providers);
      }) as pulumi.Output<string[]>;
    const known = pulumi
      .all([pulumi.output(others), provider, users])
      .apply(([plain, own, of]) => ({
        of,
        definition: definedOnly({ name, ...plain, provider: own ?? [...of].sort()[0] }),
      })) as pulumi.Output<{ of: string[]; definition: KubeOvnSubnetDefinition }>;
    const definition = checked(this, known, (one) => [
      ...silenceAt(this, silence),
      ...admitSubnet(this, one.definition),
      ...strangers(one.of, one.definition.provider),
    ]).apply((one) => one.definition) as pulumi.Output<KubeOvnSubnetDefinition>;
    this.name = definition.apply((one) => one.name);
    this.provider = definition.apply((one) => one.provider) as typeof this.provider;
    this.resource = new CustomResource(
      name,
      {
        apiVersion: KUBE_OVN_API_VERSION,
        kind: KUBE_OVN_SUBNET_KIND,
        metadata: {
          ...metadata,
          ...(silence && { annotations: silenceAnnotations(silence) }),
          name: this.name,
        },
        spec: definition.apply(kubeOvnSubnetSpec),
      },
      { parent: this, dependsOn: dependenciesOf(opts) },
    );
    this.registerOutputs({ name: this.name, provider: this.provider });
  }

  /** Told by a network that is given it. @internal */
  _use(provider: pulumi.Output<string>): void {
    if (!this.isSettled) this.providers.push(provider);
    else provider.apply((late) => reportProblems(this, strangers([late], undefined)));
  }
}

/** Networks that it is not for, though they say so. */
function strangers(providers: readonly string[], bound: string | undefined): Problem[] {
  return [...new Set(providers)]
    .filter((provider) => provider !== bound)
    .map((provider) => ({
      code: 'NL_PROVIDER_UNBOUND',
      key: 'provider',
      found: `the network of provider "${provider}" is given this Subnet, which is bound to ${bound === undefined ? 'none' : `"${bound}"`}`,
      allowed:
        'one network on a Subnet, constructed right behind it: Kube-OVN finds it by its provider',
      fix: 'make a KubeOvnSubnet for each network, or set provider',
    }));
}
