import { reachRequestSchema, reachViewSchema } from 'netloom/agent-api';
import { z } from 'zod';
import { route } from '../route';
import { flagSchema } from './params';

/** A try sends packets and waits for seconds: it counts as that many requests. */
const WEIGHT = 5;

/** Targets, asked from the node. */
export const REACH_ROUTES = [
  route({
    name: 'reach',
    method: 'POST',
    path: '/v1/reach',
    summary:
      "Asks a target once from the node by ping, TCP or HTTP, where the node's policy allows it; a dry run asks nobody",
    // It sends packets as the host, behind its firewalls: more than looking at what is there.
    verbs: ['bridge'],
    query: z.strictObject({ dryRun: flagSchema }),
    body: reachRequestSchema,
    answer: reachViewSchema,
    weight: () => WEIGHT,
    handle: async ({ body, query, audit }, { reach }) => {
      if (query.dryRun === 'true') return reach.ask(body, true);
      const { kind, target, port } = body;
      const note = audit('node.reach', {}, [kind, target, port ?? ''].join(' ').trim());
      const view = await reach.ask(body);
      note.after = view.result;
      return view;
    },
  }),
];
