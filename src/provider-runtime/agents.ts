import {
  AgentClient,
  type AgentConnection,
  agentConnections,
  chooseAgent,
  environmentSettings,
} from '../agent-api';
import { describeProblem, NetloomError, type Problem } from '../errors';
import type { CheckFailure, DynamicConfig } from './contract';
import { GatheredClaims } from './gathered-claims';

/** What `netloom:offers` may be. */
export const OFFER_MODES = ['auto', 'required', 'off'] as const;

/** Whether previews ask the agent: `auto` says so and goes on when none answers. */
export type OfferMode = (typeof OFFER_MODES)[number];

/**
 * The agents of one provider process.
 *
 * Pulumi calls `read` and `delete` in parallel and before `configure` has returned, so the
 * configuration is stored at once, and the clients are made by whoever needs them first.
 */
export class Agents {
  private config: DynamicConfig | undefined;
  private connections: Map<string, AgentConnection> | undefined;
  private clients = new Map<string, AgentClient>();
  private claims = new Map<AgentClient, GatheredClaims>();

  configure(config: DynamicConfig): void {
    this.config = config;
    this.connections = undefined;
    this.clients = new Map();
    this.claims = new Map();
  }

  /** @throws NetloomError NL_AGENT_CONFIG, NL_AGENT_UNKNOWN, NL_AGENT_AMBIGUOUS */
  get(name: string | undefined): AgentClient {
    const chosen = chooseAgent(this.configured, name);
    const existing = this.clients.get(chosen.name);
    if (existing) return existing;
    const client = new AgentClient(chosen);
    this.clients.set(chosen.name, client);
    return client;
  }

  /** What asks an agent for offers and claims. */
  claimsOf(client: AgentClient): GatheredClaims {
    const existing = this.claims.get(client);
    if (existing) return existing;
    const claims = new GatheredClaims(client);
    this.claims.set(client, claims);
    return claims;
  }

  /** @throws NetloomError NL_AGENT_CONFIG */
  get offers(): OfferMode {
    const mode = this.setting('offers') ?? 'auto';
    if ((OFFER_MODES as readonly string[]).includes(mode)) return mode as OfferMode;
    throw new NetloomError({
      code: 'NL_AGENT_CONFIG',
      key: 'netloom:offers',
      found: `${JSON.stringify(mode)} is not known`,
      allowed: `one of ${OFFER_MODES.join(', ')}`,
      fix: 'pulumi config set netloom:offers auto',
    });
  }

  /** True where an agent of that name is configured. @throws NetloomError NL_AGENT_CONFIG */
  has(name: string): boolean {
    return this.configured.has(name);
  }

  /** Read once: every resource asks for it. */
  private get configured(): Map<string, AgentConnection> {
    this.connections ??= agentConnections((setting) => this.setting(setting));
    return this.connections;
  }

  /** True once an agent was asked for a preview, and did not answer: nobody waits for it again. */
  isSilent(name: string | undefined): boolean {
    return toldAbsent.has(name);
  }

  /** A key of the stack's configuration, of any namespace. */
  configValue(key: string): string | undefined {
    return this.config?.get(key);
  }

  /** A setting of netloom's, of the stack's configuration or the environment. */
  setting(name: string): string | undefined {
    return this.configValue(`netloom:${name}`) ?? environmentSettings(process.env)(name);
  }
}

/**
 * Asks the agent something for a preview. Gives undefined when previews shall not ask, or when no
 * agent answers and `netloom:offers` is auto: then the deployment itself will ask again.
 */
export async function askForPreview<T>(
  agents: Agents,
  agent: string | undefined,
  ask: (client: AgentClient) => Promise<T>,
): Promise<T | undefined> {
  const mode = agents.offers;
  if (mode === 'off') return undefined;
  try {
    return await ask(agents.get(agent));
  } catch (error) {
    if (mode === 'required' || !isAbsence(error)) throw error;
    tellAbsence(agent, error);
    return undefined;
  }
}

/** Agents whose silence was told: what a hundred resources find is one fact. */
const toldAbsent = new Set<string | undefined>();

function tellAbsence(agent: string | undefined, error: NetloomError): void {
  if (toldAbsent.has(agent)) return;
  toldAbsent.add(agent);
  const reasons = error.problems.map(describeProblem).join('\n');
  // The engine shows what a provider writes here.
  process.stderr.write(
    `${reasons}\nnetloom:offers is auto: this goes on without an answer, and the agent is asked again before anything is made.\n`,
  );
}

function isAbsence(error: unknown): error is NetloomError {
  const codes: readonly Problem['code'][] = ['NL_AGENT_UNREACHABLE', 'NL_AGENT_UNKNOWN'];
  return error instanceof NetloomError && error.problems.every((one) => codes.includes(one.code));
}

/** Runs a check; what goes wrong becomes its failures. */
export async function failuresOf(check: () => Promise<void>): Promise<CheckFailure[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!(error instanceof NetloomError)) throw error;
    return error.problems.map((problem) => ({ property: '', reason: describeProblem(problem) }));
  }
}

/** What an agent is told of a resource that was renamed or moved. */
export function formerOwner(
  olds: { readonly owner?: string },
  news: { readonly owner: string },
): { from?: string } {
  return olds.owner === undefined || olds.owner === news.owner ? {} : { from: olds.owner };
}

/** True when two values are the same JSON; a member that is undefined is as good as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
