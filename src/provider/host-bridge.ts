import * as pulumi from '@pulumi/pulumi';
import { agentConnections, environmentSettings } from '../agent-api';
import { NetloomError } from '../errors';
import type { HostBridgeDefinition } from '../kubernetes';
import { DynamicResource } from './dynamic-resource';
import { admitBridge } from './model';
import { ownerOf } from './owner';
import { checked } from './problems';

export interface NodeBridgeArgs {
  /** Name of the node's agent in `netloom:agents`. */
  agent: pulumi.Input<string>;
  /** Name of the bridge on the host, 1 to 15 bytes. */
  bridge: pulumi.Input<string>;
  /** Addresses of the host on the bridge, with prefix length. @default - none */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** Host interfaces to make ports of the bridge. @default - none */
  ports?: pulumi.Input<pulumi.Input<string>[]>;
  /** Bytes, 68 to 65535. @default - the kernel's, 1500 */
  mtu?: pulumi.Input<number>;
  /** MAC address of the bridge itself. @default - one derived from the node and the bridge's name */
  mac?: pulumi.Input<string>;
  /**
   * Spanning tree protocol, for bridges that may be part of a loop. Ports then wait for 30 seconds
   * before they forward.
   *
   * @default - the kernel's, false
   */
  stp?: pulumi.Input<boolean>;
  /**
   * Sends multicast only to ports where somebody wants it. Without a querier in the network members get
   * lost after a while; false then helps.
   *
   * @default - the kernel's, true
   */
  multicastSnooping?: pulumi.Input<boolean>;
  /**
   * Takes over a bridge of this name that somebody else made, the CNI bridge plugin for a pod that came
   * first for example; removing the resource gives it back as it was. The node's own policy has to
   * allow it.
   *
   * @default false - such a bridge is refused
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Takes the interface of the default route, or the one that the request comes in on, as a port: its
   * addresses, routes and MAC address move to the bridge, and return when it leaves. The node's own
   * policy has to allow it (`uplink: confirm`), and a watchdog takes it back when nobody confirms.
   *
   * @default false - such a port is refused
   */
  uplink?: pulumi.Input<boolean>;
}

/** A Linux bridge on one node, carried out by the node's agent. */
export class NodeBridge extends DynamicResource {
  declare readonly bridge: pulumi.Output<string>;
  declare readonly agent: pulumi.Output<string>;

  constructor(name: string, args: NodeBridgeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      'nodeBridge',
      'NodeBridge',
      name,
      { ...args, owner: ownerOf('NodeBridge', name, opts) },
      opts,
    );
  }
}

export interface HostBridgeArgs {
  /** Name of the bridge on the host, 1 to 15 bytes. */
  bridge: pulumi.Input<string>;
  /**
   * Addresses of the host on the bridge, with prefix length, in the order the kernel shall list
   * them. A gateway that the bridge plugin manages has to come first of its family.
   *
   * @default - none
   */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** Host interfaces to make ports of the bridge. @default - none */
  ports?: pulumi.Input<pulumi.Input<string>[]>;
  /** Bytes, 68 to 65535. @default - the kernel's, 1500 */
  mtu?: pulumi.Input<number>;
  /** MAC address of the bridge itself. @default - one derived from the node and the bridge's name */
  mac?: pulumi.Input<string>;
  /**
   * Spanning tree protocol, for bridges that may be part of a loop. Ports then wait for 30 seconds
   * before they forward.
   *
   * @default - the kernel's, false
   */
  stp?: pulumi.Input<boolean>;
  /**
   * Sends multicast only to ports where somebody wants it. Without a querier in the network members get
   * lost after a while; false then helps.
   *
   * @default - the kernel's, true
   */
  multicastSnooping?: pulumi.Input<boolean>;
  /**
   * Takes over a bridge of this name that somebody else made, the CNI bridge plugin for a pod that came
   * first for example; removing the resource gives it back as it was. The node's own policy has to
   * allow it.
   *
   * @default false - such a bridge is refused
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * Takes the interface of the default route, or the one that the request comes in on, as a port: its
   * addresses, routes and MAC address move to the bridge, and return when it leaves. The node's own
   * policy has to allow it (`uplink: confirm`), and a watchdog takes it back when nobody confirms.
   *
   * @default false - such a port is refused
   */
  uplink?: pulumi.Input<boolean>;
  /** Names of agents in `netloom:agents`. @default - every one of them */
  nodes?: string[];
}

/**
 * A Linux bridge on nodes: one {@link NodeBridge} for each, so that each keeps its own truth.
 *
 * @throws NL_HOST_ADDRESS_IN_POOL, NL_IFNAME_TOO_LONG and what else is wrong with it, at preview
 */
export class HostBridge extends pulumi.ComponentResource {
  /** Name of the bridge, known at once. A network that names it is made after it. */
  readonly bridge: pulumi.Output<string>;
  /** The bridge on each node. */
  readonly nodes: NodeBridge[];

  constructor(name: string, args: HostBridgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:HostBridge', name, {}, opts);
    this.bridge = pulumi.output(args.bridge);
    const { nodes, ...rest } = args;
    const definition = checked(
      this,
      pulumi.output(rest) as pulumi.Output<HostBridgeDefinition>,
      (known) => admitBridge(this, known),
    );
    this.nodes = (nodes ?? configuredAgents()).map((agent) => {
      const nodeArgs: NodeBridgeArgs = {
        agent,
        bridge: definition.bridge,
        ...(args.addresses === undefined
          ? {}
          : { addresses: definition.apply((known) => [...(known.addresses ?? [])]) }),
        ...(args.ports === undefined
          ? {}
          : { ports: definition.apply((known) => [...(known.ports ?? [])]) }),
        ...(args.mtu === undefined
          ? {}
          : { mtu: definition.apply((known) => known.mtu as number) }),
        ...(args.mac === undefined
          ? {}
          : { mac: definition.apply((known) => known.mac as string) }),
        ...(args.stp === undefined ? {} : { stp: definition.apply((known) => known.stp === true) }),
        ...(args.multicastSnooping === undefined
          ? {}
          : { multicastSnooping: definition.apply((known) => known.multicastSnooping === true) }),
        ...(args.adopt === undefined
          ? {}
          : { adopt: definition.apply((known) => known.adopt === true) }),
        ...(args.uplink === undefined
          ? {}
          : { uplink: definition.apply((known) => known.uplink === true) }),
      };
      return new NodeBridge(`${name}-${agent}`, nodeArgs, { parent: this });
    });
    this.registerOutputs({ bridge: this.bridge });
  }
}

/** The names in `netloom:agents`, or in the environment. */
function configuredAgents(): string[] {
  const config = new pulumi.Config('netloom');
  const names = [
    ...agentConnections((key) => config.get(key) ?? environmentSettings(process.env)(key)).keys(),
  ];
  if (names.length > 0) return names;
  throw new NetloomError({
    code: 'NL_AGENT_UNKNOWN',
    key: 'nodes',
    found: 'no agent is configured, so that there is no node to put the bridge on',
    allowed: 'at least one agent in netloom:agents or NETLOOM_AGENTS',
    fix: `pulumi config set netloom:agents '{"edge-1":"https://10.0.0.5:8443"}'`,
  });
}
