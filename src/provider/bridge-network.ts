import * as pulumi from '@pulumi/pulumi';
import type { BridgeSettings, LinkConfig, VlanTrunk } from '../cni';
import { Network, type NetworkArgs } from './network';

/** @see BridgeSettings for what each of them does */
export interface BridgeNetworkArgs extends NetworkArgs {
  /** Name of the Linux bridge on the host, 1 to 15 bytes. @default cni0 */
  bridge?: pulumi.Input<string>;
  /** Puts the gateway address of each family on the bridge. @default false */
  isGateway?: pulumi.Input<boolean>;
  /** Also gives pods a default route through it. @default false */
  isDefaultGateway?: pulumi.Input<boolean>;
  /** Replaces another address of the family on the bridge. @default false */
  forceAddress?: pulumi.Input<boolean>;
  /** Masquerades what leaves the network. @default false */
  ipMasq?: pulumi.Input<boolean>;
  /** `iptables` or `nftables`. Since plugins 1.6.0. @default - iptables, else nftables */
  ipMasqBackend?: pulumi.Input<string>;
  /** Bytes. @default - the kernel's, 1500 */
  mtu?: pulumi.Input<number>;
  /** Lets a pod reach itself through the bridge. @default false */
  hairpinMode?: pulumi.Input<boolean>;
  /** Promiscuous bridge. @default false */
  promiscMode?: pulumi.Input<boolean>;
  /** VLAN of the pod's port, untagged, 0 to 4094. @default 0 */
  vlan?: pulumi.Input<number>;
  /** Tagged VLANs of the pod's port. Since plugins 1.3.0. @default - none */
  vlanTrunk?: pulumi.Input<pulumi.Input<VlanTrunk>[]>;
  /** Keeps VLAN 1 on the port. Since plugins 1.3.0. @default - false where it matters */
  preserveDefaultVlan?: pulumi.Input<boolean>;
  /** Drops frames from other MACs than the pod's. Since plugins 1.1.0. @default false */
  macspoofchk?: pulumi.Input<boolean>;
  /** IPv6 duplicate address detection in the pod. Since plugins 1.1.0. @default false */
  enabledad?: pulumi.Input<boolean>;
  /** Leaves the pod's interface down. Since plugins 1.4.1. @default false */
  disableContainerInterface?: pulumi.Input<boolean>;
  /** Keeps ports from talking to each other. Since plugins 1.7.0. @default false */
  portIsolation?: pulumi.Input<boolean>;
}

/**
 * Pods on a Linux bridge of their node.
 *
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
export class BridgeNetwork extends Network {
  constructor(name: string, args: BridgeNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      name: _name,
      namespace: _namespace,
      ipam: _ipam,
      cniVersion: _version,
      agent: _agent,
      ...link
    } = args;
    const settings = pulumi.output(link) as pulumi.Output<BridgeSettings>;
    super(
      'BridgeNetwork',
      name,
      args,
      settings.apply(
        (known): LinkConfig => ({ kind: 'bridge', settings: known }),
      ) as pulumi.Output<LinkConfig>,
      opts,
    );
  }
}
