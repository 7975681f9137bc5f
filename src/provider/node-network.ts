import * as pulumi from '@pulumi/pulumi';
import { LINK_LISTS, type NodeNetworkDefinition } from '../kubernetes';
import { checkNodeNetwork } from '../rules';
import { DynamicResource } from './dynamic-resource';
import type { InputsOf } from './inputs';
import { ownerOf } from './owner';
import { checked } from './problems';

export interface NodeNetworkArgs extends InputsOf<NodeNetworkDefinition> {
  /** Name of the node's agent in `netloom:agents`. */
  agent: pulumi.Input<string>;
}

/**
 * The network of one node: bonds, VLANs, bridges, veths, macvlan links and dummies that the agent makes,
 * and settings of interfaces that are there. Several of these on one node complete each other.
 *
 * @throws NL_IFNAME_TOO_LONG and what else is wrong with it, and what the node refuses, at preview
 */
export class NodeNetwork extends DynamicResource {
  declare readonly agent: pulumi.Output<string>;
  /** Addresses that links got from pools (`addressesFrom`), with prefix length, by link. */
  declare readonly claimed: pulumi.Output<Record<string, string[]>>;

  constructor(name: string, args: NodeNetworkArgs, opts?: pulumi.CustomResourceOptions) {
    const { agent, ...links } = args;
    const spec = checked(
      name,
      pulumi.output(links) as pulumi.Output<NodeNetworkDefinition>,
      checkNodeNetwork,
    ).apply((known) => Object.fromEntries(LINK_LISTS.map((list) => [list, known[list]])));
    super(
      'nodeNetwork',
      'NodeNetwork',
      name,
      { owner: ownerOf('NodeNetwork', name, opts), agent, spec, claimed: undefined },
      opts,
    );
  }
}
