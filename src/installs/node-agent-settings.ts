import type { InstallPodSettings, InstallResources } from './install-pods';

/** What a caller of the agent may do. */
export type AgentVerb = 'read' | 'offer' | 'claim' | 'bridge';

/** All of them, in the agent's own order. */
export const AGENT_VERBS: readonly AgentVerb[] = ['read', 'offer', 'claim', 'bridge'];

/** What somebody may do, and for whom. */
export interface AgentRights {
  readonly verbs: readonly AgentVerb[];
  /** Pools, with `*` for any characters. @default - all */
  readonly pools?: readonly string[] | undefined;
  /** Owner keys, with `*` for any characters. @default - all */
  readonly owners?: readonly string[] | undefined;
}

/** The holder of a static token. */
export interface AgentToken extends AgentRights {
  /** The identity of whoever has the token, e.g. `ci`. */
  readonly name: string;
  /** Key of `tokenSecret` that has the token. @default - the name */
  readonly key?: string | undefined;
}

/** The holder of a client certificate. */
export interface AgentClientCertificate extends AgentRights {
  /** Common name of the certificate. */
  readonly name: string;
}

/** A ServiceAccount that calls the agents with a token of its own, of audience `netloom-agent`. */
export interface AgentCaller extends AgentRights {
  /** Name of the ServiceAccount. */
  readonly serviceAccount: string;
  readonly namespace: string;
}

/** What may be done on the nodes at all; no request widens it. */
export interface AgentPolicy {
  /** Names of bridges, with `*` for any characters. @default - all */
  readonly bridges?: readonly string[] | undefined;
  /** Names of interfaces that may become ports, with `*` for any characters. @default - all */
  readonly ports?: readonly string[] | undefined;
  /** Whether bridges that others made may be taken over. @default no */
  readonly adopt?: 'yes' | 'no' | undefined;
  /** Whether the interface of the node's own traffic may become a port, under the watchdog. @default never */
  readonly uplink?: 'never' | 'confirm' | undefined;
  /** Networks, in prefix form, of which nodes may be told to ask targets (`ConnectivityProbe`). @default - none */
  readonly reach?: readonly string[] | undefined;
}

/**
 * What has to be reachable after a change of the host that was reachable before it, beside the API
 * server: otherwise the change is taken back, where nobody confirms it.
 */
export interface AgentProbes {
  /** Addresses of default gateways, with `*` for any characters; an empty list for none. @default - all */
  readonly gateways?: readonly string[] | undefined;
  /** Whether the name servers of the node's `/etc/resolv.conf` count. @default yes */
  readonly nameServers?: 'yes' | 'no' | undefined;
}

/** A place where addresses are in use beside those that are claimed. */
export type AgentAuditSource = 'host-local' | 'whereabouts' | 'network-status';

/** All of them, in the agent's own order. */
export const AGENT_AUDIT_SOURCES: readonly AgentAuditSource[] = [
  'host-local',
  'whereabouts',
  'network-status',
];

/** How the agents find addresses that are in use without a claim. */
export interface AgentAudit {
  /**
   * Where to look. `host-local` mounts each node's own records and the container runtime's folder of
   * running sandboxes, read-only; the others list pods, IPPools and reservations through the API server.
   */
  readonly sources: readonly AgentAuditSource[];
  /**
   * Whether the agents may take back records whose pod is gone. They do it on order only
   * (`netloom-agent audit --repair`): host-local's records are then writable, and IPPools and
   * reservations may be changed where `whereabouts` is a source.
   *
   * @default false
   */
  readonly repair?: boolean | undefined;
  /** How often, in s. @default 300 */
  readonly everySeconds?: number | undefined;
  /** What was found for so long, in s, by every audit, is confirmed. @default 600 */
  readonly graceSeconds?: number | undefined;
  /** Folders of host-local on the nodes: also each `dataDir` that networks name. @default - /var/lib/cni/networks */
  readonly hostLocalDirs?: readonly string[] | undefined;
}

/** Where the agents keep pools and claims. */
export interface AgentStore {
  /** `sqlite`: each node its own, in `stateDir`. `kubernetes`: one for all, as objects in the namespace. */
  readonly type: 'sqlite' | 'kubernetes';
  /**
   * Whether the kinds of `kubernetes` are among the objects. Whoever deletes them deletes all claims:
   * false where they shall outlive the agents, with `NetloomCrds` in a chart of its own.
   *
   * @default true
   */
  readonly createKinds?: boolean | undefined;
}

/** How Prometheus asks the agents. */
export interface AgentServiceMonitor {
  /** Name of the one of `tokens` that Prometheus has; it needs the verb `read` only. */
  readonly token: string;
  /** @default 30s */
  readonly interval?: string | undefined;
  /** Labels by which a Prometheus finds it. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** When Prometheus tells of trouble. */
export interface AgentPrometheusRule {
  /** Labels by which a Prometheus finds it. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The value of the label `severity` of what wants a person soon. @default warning */
  readonly severity?: string | undefined;
}

/** What may be chosen of the node agent on a cluster. */
export interface NodeAgentSettings extends InstallPodSettings {
  /** Whole image reference: what `npm run image` makes, in a registry of yours. */
  readonly image: string;
  /** @default netloom-system */
  readonly namespace?: string | undefined;
  /** TCP port of each agent, on the node's own address. @default 8443 */
  readonly port?: number | undefined;
  /**
   * Secret of type `kubernetes.io/tls` in the namespace, with `tls.crt`, `tls.key`, and for `clients`
   * and `serviceMonitor` also `ca.crt`. One certificate for all nodes: for the name `serverName`. It may
   * be renewed while the agents run.
   *
   * @default netloom-agent-tls
   */
  readonly tlsSecret?: string | undefined;
  /**
   * The name in the certificate, that callers set as `netloom:serverName`.
   *
   * @default - netloom-agent.NAMESPACE.svc
   */
  readonly serverName?: string | undefined;
  /** ServiceAccounts that call; RBAC for them comes along. @default - none */
  readonly callers?: readonly AgentCaller[] | undefined;
  /** Holders of static tokens, which `tokenSecret` has. @default - none */
  readonly tokens?: readonly AgentToken[] | undefined;
  /** Secret in the namespace with the tokens, one for each key. @default - none */
  readonly tokenSecret?: string | undefined;
  /** Holders of client certificates of the CA in `tlsSecret`. @default - none */
  readonly clients?: readonly AgentClientCertificate[] | undefined;
  /** @default - all bridges and ports, and nothing of others taken over */
  readonly policy?: AgentPolicy | undefined;
  /** What decides about a change of the host. @default - the API server, all default gateways, the name servers */
  readonly probes?: AgentProbes | undefined;
  /** All bridges are looked at that often, in s, also when the kernel reports no change. @default 60 */
  readonly scanSeconds?: number | undefined;
  /** Whether links may have kernel settings: mounts the host's `/proc/sys/net`. @default false */
  readonly sysctls?: boolean | undefined;
  /** Whether addresses are probed by ARP before they are used: adds NET_RAW. @default false */
  readonly arpProbes?: boolean | undefined;
  /**
   * Whether the agent tells what CNI configuration and plugins the node has: mounts the platform's
   * folders of them, read-only.
   *
   * @default false
   */
  readonly nodeFacts?: boolean | undefined;
  /**
   * Finds addresses that are in use without a claim, and sets them aside.
   *
   * @default - nothing is looked for
   */
  readonly audit?: AgentAudit | undefined;
  /** Where pools and claims are kept. @default - each node its own */
  readonly store?: AgentStore | undefined;
  /** Folder of each node for the store. @default /var/lib/netloom */
  readonly stateDir?: string | undefined;
  /** Of the agent; its watchdog has its own. @default - requests of 20m and 96Mi, a limit of 512Mi */
  readonly resources?: InstallResources | undefined;
  /** Has the Prometheus operator ask the agents. @default - none */
  readonly serviceMonitor?: AgentServiceMonitor | undefined;
  /** Has the Prometheus operator watch for trouble. @default - none */
  readonly prometheusRule?: AgentPrometheusRule | undefined;
}
