import type { AgentClient } from '../agent-api';
import { isNetloomError } from '../errors';
import { incarnationOf } from '../ipam';
import type { Agents } from './agents';

/** One thing that an agent holds for a resource, and the id that the state has of it. */
export interface Held {
  readonly agents: Agents;
  readonly agent: string | undefined;
  /** `<name>#<incarnation>`. */
  readonly id: string;
  /** What to call it in messages, e.g. `bridge "br-lan"`. */
  readonly words: string;
  /** The id that the agent has now; undefined where it holds nothing of the resource's owner. */
  readonly current: (client: AgentClient) => Promise<string | undefined>;
}

/** Ids that this process has made: their predecessors are deleted next, and that is how it should be. */
const madeHere = new Set<string>();

/** Remembers what a `create` made. */
export function madeNow<T extends { readonly id: string }>(made: T): T {
  madeHere.add(made.id);
  return made;
}

/**
 * True where the agent has a newer incarnation than the state. Whatever made it anew was broken off
 * before the state had it, and a removal by the state's id would have no effect: it has to be made anew
 * once more. An agent that can't be asked says nothing.
 */
export async function isOvertaken({ agents, agent, id, current }: Held): Promise<boolean> {
  if (agents.offers === 'off' || agents.isSilent(agent)) return false;
  try {
    return isNewer(await current(agents.get(agent)), id);
  } catch (error) {
    if (isNetloomError(error)) return false;
    throw error;
  }
}

/**
 * Removes a thing. One of a newer incarnation stays: that is somebody else's by now, as a rule the
 * resource's own successor. Where this can't be seen, it is said.
 */
export async function removeHeld(
  held: Held,
  remove: (client: AgentClient, id: string) => Promise<boolean>,
): Promise<void> {
  const { agents, agent, id, words, current } = held;
  const client = agents.get(agent);
  if (await remove(client, id)) return;
  const now = await current(client);
  if (now === undefined || !isNewer(now, id) || madeHere.has(now)) return;
  if (agents.setting('leftovers') === 'release') {
    await remove(client, now);
    process.stderr.write(`${words}: left over from a broken off update, removed\n`);
    return;
  }
  process.stderr.write(
    `${words}: not removed, because an update made it anew after the state had it. Where that update was broken off, run \`pulumi up\` and \`pulumi destroy\` again, or NETLOOM_LEFTOVERS=release pulumi destroy\n`,
  );
}

function isNewer(id: string | undefined, than: string): boolean {
  return id !== undefined && (incarnationOf(id) ?? 0) > (incarnationOf(than) ?? 0);
}
