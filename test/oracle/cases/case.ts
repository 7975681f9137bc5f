/** A network configuration as it stands in a NetworkAttachmentDefinition, without its name. */
export type Chain = { readonly cniVersion: string; readonly [key: string]: unknown };

/** What a pod asks for one attachment, named as in the annotation, and what else may reach plugins. */
export interface PodRequest {
  readonly ips?: readonly string[];
  readonly mac?: string;
  readonly portMappings?: readonly object[];
  readonly bandwidth?: object;
  readonly deviceID?: string;
  /** Merged into `args.cni` of each plugin. */
  readonly 'cni-args'?: Readonly<Record<string, unknown>>;
  /** Capability without a field in the annotation. */
  readonly ipRanges?: readonly (readonly object[])[];
  /** More of CNI_ARGS than a pod can ask for, e.g. `GATEWAY`. */
  readonly cniArgs?: Readonly<Record<string, string>>;
}

/** A command whose output proves that a key did something. Words are split at blanks, no shell. */
export interface Look {
  /** The pod's network namespace or that of the host. */
  readonly in: 'pod' | 'host';
  readonly run: string;
  readonly want: RegExp;
}

/** What the plugins answer to a case. */
export interface Expectation {
  /** Accepted means that ADD and then DEL succeed. */
  readonly want: 'accepted' | { readonly refused: RegExp };
  /** Part of the result of ADD. */
  readonly gives?: object;
  /** Seen after ADD. An unknown key is accepted too: this tells it from a known one. */
  readonly shows?: readonly Look[];
  /** Seen after DEL. */
  readonly leaves?: readonly Look[];
}

/**
 * What a case needs beside the plugins that every machine with a namespace can run. With `dhcp`
 * there is a server at the other end of `eth1` and a daemon at `/run/{host}/dhcp.sock`; the server's
 * log and leases are the files `dnsmasq.log` and `leases` beside it.
 */
export type Need = 'vm' | 'nft' | 'iptables' | 'dhcp';

/** An attachment that is there before the case begins. */
export interface Earlier {
  readonly chain: Chain;
  readonly args?: PodRequest;
  /** Of the same pod, under the name `net9`; else of another one. */
  readonly samePod?: boolean;
  /** The name of the network when it is another one than that of the case. */
  readonly network?: string;
}

/**
 * One configuration, and what the real plugins make of it. `{host}` in any text but the name stands
 * for a name that no other case has: of the case's folder below /run, say.
 */
export interface PluginCase extends Expectation {
  /** A sentence, unique in its table. */
  readonly name: string;
  readonly chain: Chain;
  readonly args?: PodRequest;
  /** Interface name in the pod; `net1` when it is not given. */
  readonly ifname?: string;
  /** Name of the network, where it matters. */
  readonly network?: string;
  /**
   * Lines for `ip -batch` on the host, after the link `eth1` (a veth end of MTU 1500 that is up) is
   * there.
   */
  readonly host?: readonly string[];
  /** Lines for `ip -batch` in the pod. */
  readonly pod?: readonly string[];
  /** Commands on the host after that. Words are split at blanks, no shell. */
  readonly commands?: readonly string[];
  /** Files with their contents: below `/run/{host}`, or anywhere in the virtual machine. */
  readonly files?: Readonly<Record<string, string>>;
  readonly earlier?: readonly Earlier[];
  readonly needs?: readonly Need[];
  /** Release of the plugins that brought what the case is about; from 0.9.1 when not given. */
  readonly since?: string;
  /** Other answers of later releases, latest last. */
  readonly later?: readonly (Expectation & { readonly from: string })[];
}

/** Cases about one plugin. */
export interface Table {
  /** The plugin's `type`. */
  readonly plugin: string;
  readonly cases: readonly PluginCase[];
}
