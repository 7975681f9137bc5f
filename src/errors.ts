/**
 * Every problem netloom can tell of. One section of `docs/errors.md` each; a test compares both.
 */
export const PROBLEM_CODES = [
  'NL_ADDRESS_INVALID',
  'NL_ADDRESS_NOT_FREE',
  'NL_ADDRESS_TWICE',
  'NL_AGENT_AMBIGUOUS',
  'NL_AGENT_ANSWER',
  'NL_AGENT_CONFIG',
  'NL_AGENT_FORBIDDEN',
  'NL_AGENT_TOKEN',
  'NL_AGENT_UNKNOWN',
  'NL_AGENT_UNREACHABLE',
  'NL_ANNOTATION_INVALID',
  'NL_ATTACHMENT_IPS',
  'NL_AUDIT_INCOMPLETE',
  'NL_AUDIT_PENDING',
  'NL_BANDWIDTH_LINK',
  'NL_BRIDGE_FOREIGN',
  'NL_BRIDGE_OWNED',
  'NL_BRIDGE_PORT',
  'NL_BROADCAST_GIVEN',
  'NL_CAPABILITY_MISSING',
  'NL_CHAIN_ORDER',
  'NL_CHECKPOINT_GONE',
  'NL_CHECKPOINT_OPEN',
  'NL_CLAIM_NETWORK',
  'NL_CLAIM_OUTSIDE_CLAIMABLE',
  'NL_CLAIM_WORKLOAD',
  'NL_CLAIMABLE_MISSING',
  'NL_CLAIMABLE_OUTSIDE_SUBNET',
  'NL_CLAIMED_REFERENCE',
  'NL_CLAIMS_COLLIDE',
  'NL_CLUSTER_CONFIG',
  'NL_CLUSTER_OVERLAP',
  'NL_CLUSTER_UNREACHABLE',
  'NL_CONFIG_INVALID',
  'NL_CONFIG_NAME_TWICE',
  'NL_CONFIG_NOT_JSON',
  'NL_CRON_INVALID',
  'NL_DEFAULT_DIFFERS',
  'NL_DEFAULT_ROUTE_TAKEN',
  'NL_DEFAULT_ROUTE_TWICE',
  'NL_DEVICE_TWICE',
  'NL_DHCP_SERVER',
  'NL_FAMILY_MISSING',
  'NL_FAMILY_TWICE',
  'NL_GATEWAY_GIVEN',
  'NL_GATEWAY_IN_CLAIMABLE',
  'NL_GATEWAY_NOT_HELD',
  'NL_GATEWAY_ORDER',
  'NL_GATEWAY_OUTSIDE_SUBNET',
  'NL_HOST_ADDRESS_IN_POOL',
  'NL_HOST_BITS',
  'NL_HOST_COMMAND',
  'NL_HOST_LOCAL_NODES',
  'NL_HOST_POLICY',
  'NL_HOST_UNREACHABLE',
  'NL_IFNAME_INVALID',
  'NL_IFNAME_TOO_LONG',
  'NL_INTERFACE_DIFFERS',
  'NL_INTERFACE_TWICE',
  'NL_IP_POOL_SMALL',
  'NL_IPAM_REQUIRED',
  'NL_IPS_EXTRA',
  'NL_IPVLAN_DHCP',
  'NL_KEY_FOREIGN',
  'NL_KEY_IGNORED',
  'NL_KEY_MISSING',
  'NL_KEY_MISSPELT',
  'NL_KEY_RESERVED',
  'NL_KEY_TWICE',
  'NL_KEY_UNKNOWN',
  'NL_LINK_CYCLE',
  'NL_LINK_IN_USE',
  'NL_LINK_OWNED',
  'NL_MAC_INVALID',
  'NL_MASTER_IS_PORT',
  'NL_MASTER_SHARED',
  'NL_MTU_SMALL',
  'NL_NAME_INVALID',
  'NL_NAME_TWICE',
  'NL_NAMESPACE_ISOLATED',
  'NL_NETWORK_NAME',
  'NL_NETWORK_NOT_FOUND',
  'NL_NETWORK_UNSEEN',
  'NL_NETWORKS_OVERLAP',
  'NL_NO_SUCH_ROUTE',
  'NL_NODE_CNI_CONFIG',
  'NL_NODE_DHCP',
  'NL_NODE_GROUP',
  'NL_NODE_LINK',
  'NL_NODE_MODULE',
  'NL_NODE_PLUGIN_MISSING',
  'NL_OFFER_GONE',
  'NL_OWNER_IDENTITY',
  'NL_PASSTHRU_TWICE',
  'NL_PLATFORM_MISSING',
  'NL_PLATFORM_UNSUPPORTED',
  'NL_PLUGIN_UNKNOWN',
  'NL_POD_NOT_READY',
  'NL_POLICY_NETWORK',
  'NL_POOL_CHANGED',
  'NL_POOL_ELSEWHERE',
  'NL_POOL_FULL',
  'NL_POOL_IN_USE',
  'NL_POOL_OWNED',
  'NL_POOL_UNKNOWN',
  'NL_PROBE_IMPOSSIBLE',
  'NL_PROVIDER_NAME',
  'NL_PROVIDER_UNBOUND',
  'NL_QUOTA_REACHED',
  'NL_RANGE_EMPTY',
  'NL_RANGE_IGNORED',
  'NL_RANGE_INVALID',
  'NL_RANGE_OUTSIDE_SUBNET',
  'NL_RANGE_WIDE',
  'NL_RANGES_OVERLAP',
  'NL_RATE_LIMITED',
  'NL_RELEASE_FAULT',
  'NL_RELEASE_TOO_OLD',
  'NL_REQUEST_INVALID',
  'NL_RESOURCES_SMALL',
  'NL_ROUTE_INVALID',
  'NL_SILENCE_INVALID',
  'NL_STORE_FAILED',
  'NL_SUBNET_INVALID',
  'NL_SUBNET_TOO_SMALL',
  'NL_SYSCTL_INVALID',
  'NL_TARGET_UNREACHED',
  'NL_TYPE_WRONG',
  'NL_VALUE_OUT_OF_RANGE',
  'NL_VALUES_CONFLICT',
  'NL_VM_NETWORK',
  'NL_VRF_TABLE',
  'NL_WATCH_GONE',
  'NL_WATCHDOG_MISSING',
  'NL_YAML_INVALID',
] as const;

/** One of {@link PROBLEM_CODES}, e.g. `NL_HOST_BITS`. */
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/**
 * What works, but not as it looks: a plugin ignores it without a word, or it surprises. All other
 * codes are errors.
 */
const WARNINGS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'NL_BROADCAST_GIVEN',
  'NL_CAPABILITY_MISSING',
  'NL_CLUSTER_OVERLAP',
  'NL_CONFIG_NAME_TWICE',
  'NL_DEFAULT_DIFFERS',
  'NL_DEFAULT_ROUTE_TAKEN',
  'NL_DEVICE_TWICE',
  'NL_DHCP_SERVER',
  'NL_FAMILY_TWICE',
  'NL_GATEWAY_GIVEN',
  'NL_HOST_LOCAL_NODES',
  'NL_IPS_EXTRA',
  'NL_KEY_FOREIGN',
  'NL_KEY_IGNORED',
  'NL_KEY_TWICE',
  'NL_KEY_UNKNOWN',
  'NL_MASTER_IS_PORT',
  'NL_MTU_SMALL',
  'NL_NETWORK_NAME',
  'NL_NETWORK_UNSEEN',
  'NL_NETWORKS_OVERLAP',
  'NL_PLATFORM_MISSING',
  'NL_PLUGIN_UNKNOWN',
  'NL_RANGE_IGNORED',
  'NL_RANGE_WIDE',
  'NL_RELEASE_FAULT',
  'NL_RESOURCES_SMALL',
]);

/** An error stops a synthesis or a deployment; a warning is told, and can be silenced. */
export type Severity = 'error' | 'warning';

/** How bad the problems of a code are: the same everywhere. */
export function severityOf(code: ProblemCode): Severity {
  return WARNINGS.has(code) ? 'warning' : 'error';
}

/** The errors among problems. */
export function errorsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ code }) => !WARNINGS.has(code));
}

/** The warnings among problems. */
export function warningsOf(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ code }) => WARNINGS.has(code));
}

/**
 * What is wrong with one value, in a form that constructs, Pulumi, the agent and the command line
 * each render in their own way.
 */
export interface Problem {
  readonly code: ProblemCode;
  /** The user's own path to the value, e.g. `ipam.ranges[0].rangeEnd`. Empty for the whole input. */
  readonly key: string;
  /** What was wrong, with the value, e.g. `"10.11.0.254" is not in 10.10.0.0/24`. No full stop. */
  readonly found: string;
  /** What would be right, e.g. `an address of the subnet`. No full stop. */
  readonly allowed: string;
  /** The likely repair, e.g. `10.10.0.254?`. */
  readonly fix: string;
}

const endSentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

/**
 * One problem as a line of text, without the place it was found at (cdk8s and Pulumi add that).
 *
 * `KEY: FOUND. Allowed: ALLOWED. Fix: FIX. (CODE)`
 */
export function describeProblem(problem: Problem): string {
  const key = problem.key === '' ? '' : `${problem.key}: `;
  return `${key}${endSentence(problem.found)} Allowed: ${endSentence(problem.allowed)} Fix: ${endSentence(problem.fix)} (${problem.code})`;
}

/** The same problem seen from further out: its key gets `prefix` in front. */
export function within(prefix: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, key: joinKey(prefix, problem.key) }));
}

function joinKey(prefix: string, key: string): string {
  if (prefix === '' || key === '') return prefix + key;
  return key.startsWith('[') ? `${prefix}${key}` : `${prefix}.${key}`;
}

/** Thrown where there is nobody to collect problems: parsing, the agent's client, the command line. */
export class NetloomError extends Error {
  /** All that is wrong, at least one. */
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const list = Array.isArray(problems) ? problems : [problems as Problem];
    super(list.map(describeProblem).join('\n'), options);
    this.name = 'NetloomError';
    this.problems = list;
  }
}

/** True for a {@link NetloomError} of any copy of this package (two copies break `instanceof`). */
export function isNetloomError(error: unknown): error is NetloomError {
  return (
    error instanceof Error &&
    error.name === 'NetloomError' &&
    Array.isArray((error as Partial<NetloomError>).problems)
  );
}

/** The problems that an unknown thrown value carries; rethrows what is not ours. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (isNetloomError(error)) return error.problems;
  throw error;
}
