import {
  bridgeListSchema,
  bridgeViewSchema,
  putBridgeSchema,
  type RemovedBridge,
  removedBridgeSchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import type { BridgeRemoved, BridgeService } from '../../bridges';
import { requireOwners, route } from '../route';
import { confirmQuery, flagSchema, nameParams, plainAddress, removalQuery } from './params';

/** Bridges of the node. */
export const BRIDGE_ROUTES = [
  route({
    name: 'listBridges',
    method: 'GET',
    path: '/v1/bridges',
    summary:
      'All bridges of owners that the caller may act for, as they are wanted and as they are',
    verbs: ['read'],
    answer: bridgeListSchema,
    handle: async ({ caller }, { bridges }) => ({
      bridges: (await bridges.list()).filter((bridge) => caller.mayActFor(bridge.owner)),
    }),
  }),
  route({
    name: 'putBridge',
    method: 'PUT',
    path: '/v1/bridges/{name}',
    summary: 'Makes or changes a bridge; a dry run answers the steps that this would take',
    verbs: ['bridge'],
    params: nameParams,
    query: z.strictObject({ dryRun: flagSchema, confirmSeconds: confirmQuery }),
    body: putBridgeSchema,
    answer: bridgeViewSchema,
    handle: async (call, { bridges }) => {
      const { caller, params, body } = call;
      const { name } = params;
      const { owner, from, id, spec } = body;
      requireOwners(caller, owner, from);
      const requestAddress = plainAddress(call.localAddress);
      const { confirmSeconds } = call.query;
      const wish = { name, owner, from, id, spec, identity: caller.identity };
      const asked = { ...wish, requestAddress, confirmSeconds };
      if (call.query.dryRun === 'true') return bridges.preview(asked);
      const note = call.audit('bridge.put', { bridge: name, owner }, describe(bridges, name));
      const view = await bridges.put(asked);
      note.after = `${describe(bridges, name)}; steps: ${view.steps.join(', ') || 'none'}`;
      return view;
    },
  }),
  route({
    name: 'removeBridge',
    method: 'DELETE',
    path: '/v1/bridges/{name}',
    summary:
      'Removes a bridge and brings back what was there; an older incarnation has no effect; a dry run answers the steps that this would take',
    verbs: ['bridge'],
    params: nameParams,
    query: removalQuery.extend({ confirmSeconds: confirmQuery }),
    answer: removedBridgeSchema,
    handle: async (call, { bridges }) => {
      const { caller, params, query, audit } = call;
      const { name } = params;
      const { id, owner, confirmSeconds, dryRun } = query;
      caller.requireOwner(owner);
      const requestAddress = plainAddress(call.localAddress);
      const removal = { name, id, owner, identity: caller.identity, requestAddress };
      if (dryRun === 'true') return removedView(await bridges.previewRemoval(removal));
      const note = audit('bridge.remove', { bridge: name, owner }, describe(bridges, name));
      const done = await bridges.removeChecked({ ...removal, confirmSeconds });
      note.after = `${id} ${done.removed ? 'removed' : 'no effect'}`;
      return removedView(done);
    },
  }),
];

function removedView({ removed, steps, awaits }: BridgeRemoved): RemovedBridge {
  const view = { removed, steps: steps.map(({ words }) => words) };
  return awaits ? { ...view, checkpoint: { id: awaits.id, seconds: awaits.secondsLeft } } : view;
}

function describe(bridges: BridgeService, name: string): string | undefined {
  const record = bridges.recorded(name);
  return record && `${name}#${record.incarnation} ${JSON.stringify(record.spec)}`;
}
