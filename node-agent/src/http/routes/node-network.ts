import {
  nodeNetworkListSchema,
  nodeNetworkViewSchema,
  putNodeNetworkSchema,
  removedSchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import { type NetworkService, poolsIn } from '../../node-network';
import { requireOwners, route } from '../route';
import { confirmQuery, flagSchema, plainAddress, removalQuery } from './params';

/** A thousand bridges with addresses and routes. */
const NETWORK_BYTES = 1024 * 1024;

/** The wanted network of the node, whole, one for each owner. */
export const NODE_NETWORK_ROUTES = [
  route({
    name: 'listNodeNetworks',
    method: 'GET',
    path: '/v1/node-network',
    summary: 'The wanted networks of owners that the caller may act for',
    verbs: ['read'],
    answer: nodeNetworkListSchema,
    handle: async ({ caller }, { networks }) => ({
      networks: (await networks.list()).filter(({ owner }) => caller.mayActFor(owner)),
    }),
  }),
  route({
    name: 'putNodeNetwork',
    method: 'PUT',
    path: '/v1/node-network',
    summary:
      "Makes an owner's network as wanted, whole; a dry run answers the steps that this would take",
    verbs: ['bridge'],
    query: z.strictObject({ dryRun: flagSchema, confirmSeconds: confirmQuery }),
    body: putNodeNetworkSchema,
    bodyLimit: NETWORK_BYTES,
    answer: nodeNetworkViewSchema,
    handle: async (call, { networks }) => {
      const { caller, body, query } = call;
      const { owner, from, spec } = body;
      requireOwners(caller, owner, from);
      for (const { pool } of poolsIn(spec)) caller.requirePool(pool);
      const requestAddress = plainAddress(call.localAddress);
      const { confirmSeconds } = query;
      const asked = { ...body, identity: caller.identity, requestAddress, confirmSeconds };
      if (query.dryRun === 'true') return networks.preview(asked);
      const note = call.audit('network.put', { owner }, describe(networks, owner));
      const view = await networks.put(asked);
      const steps = view.steps.map((step) => step.words).join(', ') || 'none';
      note.after = `${describe(networks, owner)}; steps: ${steps}`;
      return view;
    },
  }),
  route({
    name: 'removeNodeNetwork',
    method: 'DELETE',
    path: '/v1/node-network',
    summary:
      "Removes an owner's network and brings back what was there; an older incarnation has no effect",
    verbs: ['bridge'],
    query: removalQuery.omit({ dryRun: true }),
    answer: removedSchema,
    handle: async ({ caller, query: { id, owner }, audit }, { networks }) => {
      caller.requireOwner(owner);
      const note = audit('network.remove', { owner }, describe(networks, owner));
      const removed = await networks.remove({ id, owner, identity: caller.identity });
      note.after = `${id} ${removed ? 'removed' : 'no effect'}`;
      return { removed };
    },
  }),
];

function describe(networks: NetworkService, owner: string): string | undefined {
  const record = networks.recorded(owner);
  return record && `#${record.incarnation} ${JSON.stringify(record.spec)}`;
}
