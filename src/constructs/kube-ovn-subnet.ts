import { ApiObject, type ApiObjectMetadata, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import {
  KUBE_OVN_API_VERSION,
  KUBE_OVN_SUBNET_KIND,
  type KubeOvnSubnetDefinition,
  kubeOvnSubnetSpec,
} from '../kubernetes';
import { checkKubeOvnSubnet } from '../rules';
import { clusterScoped } from './metadata';
import { modelOf } from './model';
import { validateWith } from './validation';

export interface KubeOvnSubnetProps extends Omit<KubeOvnSubnetDefinition, 'name'> {
  /**
   * Name of the object, in the whole cluster.
   *
   * @default - generated from the construct's path
   */
  readonly name?: string;
  /** Labels and annotations of the object. @default - the chart's */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A Subnet of Kube-OVN: the addresses of one network, for the whole cluster. Its provider, which has
 * to be the same on both objects, comes of the network that uses it; without one it is a subnet of
 * the cluster network (`ovn`).
 *
 * @see https://kubeovn.github.io/docs/stable/en/guide/subnet/
 */
export class KubeOvnSubnet extends Construct {
  readonly apiObject: ApiObject;
  /** Name of the object. */
  readonly name: string;
  /** Provider of each network on it. */
  private readonly providers = new Set<string>();
  private definition?: KubeOvnSubnetDefinition;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: KubeOvnSubnetProps,
  ) {
    super(scope, id);
    const { metadata, name } = props;
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: KUBE_OVN_API_VERSION,
      kind: KUBE_OVN_SUBNET_KIND,
      metadata: { ...metadata, ...(name !== undefined && { name }) },
      // Lazy: the network that uses it comes later.
      spec: Lazy.any({ produce: () => kubeOvnSubnetSpec(this._definition()) }),
    });
    this.name = this.apiObject.name;
    clusterScoped(this.apiObject);
    modelOf(this).subnets.add(this);
    validateWith(this, this);
  }

  /** The provider that is written; undefined for a subnet of the cluster network. */
  get provider(): string | undefined {
    return this.props.provider ?? [...this.providers].sort()[0];
  }

  /** The same object as long as it means the same. @internal */
  _definition(): KubeOvnSubnetDefinition {
    const { provider } = this;
    if (!this.definition || this.definition.provider !== provider) {
      this.definition = { ...this.props, name: this.name, provider };
    }
    return this.definition;
  }

  /** @internal */
  _use(provider: string): void {
    this.providers.add(provider);
    modelOf(this).touch();
  }

  /** Providers of networks that it is not for, though they say so. @internal */
  _strangers(): string[] {
    return [...this.providers].filter((provider) => provider !== this.provider).sort();
  }

  /** @internal */
  _check(): Problem[] {
    const strangers = this._strangers().map(
      (provider): Problem => ({
        code: 'NL_PROVIDER_UNBOUND',
        key: 'provider',
        found: `the network of provider "${provider}" is given this Subnet, which is bound to "${this.provider}"`,
        allowed: 'one network on a Subnet: Kube-OVN finds it by its provider',
        fix: 'make a KubeOvnSubnet for each network',
      }),
    );
    return [...checkKubeOvnSubnet(this._definition()), ...strangers];
  }
}
