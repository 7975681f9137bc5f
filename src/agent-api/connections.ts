import { NetloomError } from '../errors';

/** How to reach one agent, and who to be there. All secrets are names of files. */
export interface AgentConnection {
  /** The node's or agent's name, e.g. `edge-1`. */
  readonly name: string;
  /** e.g. `https://10.0.0.5:8443`. */
  readonly url: string;
  /** PEM file with the CA that signed the agent's certificate, or with several. @default - the system's CAs */
  readonly caFile?: string | undefined;
  /** File with a bearer token. Read at each request, so it may rotate. */
  readonly tokenFile?: string | undefined;
  /** PEM file with a client certificate; goes with `keyFile`. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The agent's Unix socket on this host; `url` then only names it, as `http://localhost`. */
  readonly socketPath?: string | undefined;
  /**
   * The name that the agent's certificate is for: agents of a DaemonSet share one.
   *
   * @default - the host of `url`
   */
  readonly serverName?: string | undefined;
}

/** Looks one setting up: `agents`, `tokenFile`, `caFile`, `certFile`, `keyFile`, `serverName`. */
export type SettingLookup = (name: string) => string | undefined;

/** Those that hold for all agents. */
const SHARED = ['caFile', 'tokenFile', 'certFile', 'keyFile', 'serverName'] as const;

/** The settings in the environment: `NETLOOM_AGENTS`, `NETLOOM_TOKEN_FILE`, ... */
export function environmentSettings(
  env: Readonly<Record<string, string | undefined>>,
): SettingLookup {
  return (name) => {
    const variable = environmentName(name);
    return env[variable] === '' ? undefined : env[variable];
  };
}

function environmentName(name: string): string {
  return `NETLOOM_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * The configured agents by name, in the order of the configuration; empty when none is.
 *
 * @throws NetloomError NL_AGENT_CONFIG
 */
export function agentConnections(lookup: SettingLookup): Map<string, AgentConnection> {
  const shared = Object.fromEntries(
    SHARED.flatMap((name) => {
      const value = lookup(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  if ((shared.certFile === undefined) !== (shared.keyFile === undefined)) {
    throw configError(
      shared.certFile === undefined ? 'certFile' : 'keyFile',
      'only one of netloom:certFile and netloom:keyFile is set',
      'both or neither',
    );
  }
  const connections = new Map<string, AgentConnection>();
  for (const [name, url] of Object.entries(parseAgents(lookup('agents')))) {
    connections.set(name, { name, url: checkUrl(name, url), ...shared });
  }
  return connections;
}

function parseAgents(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw configError('agents', 'netloom:agents is not JSON', 'an object of agent names and URLs');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw configError('agents', `${text} is not an object`, 'an object of agent names and URLs');
  }
  return parsed as Record<string, unknown>;
}

function checkUrl(name: string, url: unknown): string {
  const key = `agents.${name}`;
  const allowed = 'an https URL without path, such as https://10.0.0.5:8443';
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw configError(key, `${JSON.stringify(url)} is not a URL`, allowed);
  }
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' || parsed.pathname !== '/' || parsed.username !== '') {
    throw configError(
      key,
      `"${parsed.protocol}//${parsed.host}${parsed.pathname}" is not fit`,
      allowed,
    );
  }
  return parsed.origin;
}

function configError(key: string, found: string, allowed: string): NetloomError {
  return new NetloomError({
    code: 'NL_AGENT_CONFIG',
    key: `netloom:${key}`,
    found,
    allowed,
    fix: `pulumi config set netloom:agents '{"edge-1":"https://10.0.0.5:8443"}', or NETLOOM_AGENTS and so on in the environment`,
  });
}

/**
 * The one agent that a name, or the lack of one, stands for.
 *
 * @throws NetloomError NL_AGENT_UNKNOWN, NL_AGENT_AMBIGUOUS
 */
export function chooseAgent(
  connections: ReadonlyMap<string, AgentConnection>,
  name: string | undefined,
): AgentConnection {
  const names = [...connections.keys()];
  if (names.length === 0) {
    throw new NetloomError({
      code: 'NL_AGENT_UNKNOWN',
      key: 'agent',
      found: 'no agent is configured',
      allowed: 'at least one agent in netloom:agents or NETLOOM_AGENTS',
      fix: `pulumi config set netloom:agents '{"edge-1":"https://10.0.0.5:8443"}'`,
    });
  }
  if (name === undefined) {
    const [only] = connections.values();
    if (only && names.length === 1) return only;
    throw new NetloomError({
      code: 'NL_AGENT_AMBIGUOUS',
      key: 'agent',
      found: `${names.length} agents are configured, and nothing says which of them holds this pool`,
      allowed: `one of ${names.join(', ')}`,
      fix: `set agent: '${names[0]}' where the pool is declared; a pool has one authority`,
    });
  }
  const chosen = connections.get(name);
  if (chosen) return chosen;
  throw new NetloomError({
    code: 'NL_AGENT_UNKNOWN',
    key: 'agent',
    found: `there is no agent "${name}" in the configuration`,
    allowed: `one of ${names.join(', ')}`,
    fix: 'correct the name, or add the agent to netloom:agents',
  });
}
