import {
  nodeNetworkListSchema,
  nodeNetworkViewSchema,
  putNodeNetworkSchema,
  type RemovedNetwork,
  removedNetworkSchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import { type NetworkRemoved, type NetworkService, poolsIn, stepView } from '../../node-network';
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
      "Removes an owner's network and brings back what was there; an older incarnation has no effect; a dry run answers the steps that this would take",
    verbs: ['bridge'],
    query: removalQuery.extend({ confirmSeconds: confirmQuery }),
    answer: removedNetworkSchema,
    handle: async ({ caller, query, audit, localAddress }, { networks }) => {
      const { id, owner, dryRun, confirmSeconds } = query;
      caller.requireOwner(owner);
      const requestAddress = plainAddress(localAddress);
      const removal = { id, owner, identity: caller.identity, requestAddress };
      if (dryRun === 'true') return removedView(await networks.previewRemoval(removal));
      const note = audit('network.remove', { owner }, describe(networks, owner));
      const done = await networks.removeShown({ ...removal, confirmSeconds });
      note.after = `${id} ${done.removed ? 'removed' : 'no effect'}`;
      return removedView(done);
    },
  }),
];

function removedView({ removed, steps, awaits }: NetworkRemoved): RemovedNetwork {
  const view = { removed, steps: steps.map(stepView) };
  return awaits ? { ...view, checkpoint: { id: awaits.id, seconds: awaits.secondsLeft } } : view;
}

function describe(networks: NetworkService, owner: string): string | undefined {
  const record = networks.recorded(owner);
  return record && `#${record.incarnation} ${JSON.stringify(record.spec)}`;
}
