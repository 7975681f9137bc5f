import type * as pulumi from '@pulumi/pulumi';
import type { LinkConfig } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition, NodeSelection } from '../kubernetes';
import type { InputsOf } from './inputs';
import type { KubeOvnSubnet } from './kube-ovn-subnet';

/** What a kind of network has beside its args. @internal */
export interface NetworkShape {
  readonly link: pulumi.Output<LinkConfig>;
  /** What a whole configuration says. */
  readonly definition?: pulumi.Output<Partial<NetworkDefinition>>;
  readonly groups?: ShapeGroups | undefined;
  /** Subnet of Kube-OVN that is not the IPAM's. */
  readonly subnet?: KubeOvnSubnet | undefined;
  /** What is wrong with the args themselves: told instead of what is wrong with the definition. */
  readonly problems?: pulumi.Output<readonly Problem[]>;
  /** A problem of the definition in the words of the args. */
  readonly inOwnWords?: (network: NetworkDefinition, problem: Problem) => Problem;
}

/** How a network differs from one group of nodes to another. */
export interface ShapeGroups {
  readonly prop: string;
  readonly setting: string;
  readonly byGroup: Readonly<Record<string, InputsOf<NodeSelection>>>;
}
