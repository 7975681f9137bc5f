import {
  claimListSchema,
  outsideSchema,
  type PoolView,
  poolListSchema,
  poolViewSchema,
  putPoolSchema,
  removedSchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import { requireOwners, route } from '../route';
import { flagSchema, nameParams, removalQuery } from './params';

/** Pools: what can be claimed from. */
export const POOL_ROUTES = [
  route({
    name: 'listPools',
    method: 'GET',
    path: '/v1/pools',
    summary: 'All pools that the caller may use',
    verbs: ['read'],
    answer: poolListSchema,
    handle: async ({ caller }, { addresses }) => ({
      pools: (await addresses.pools()).filter((pool) => caller.mayUsePool(pool.name)),
    }),
  }),
  route({
    name: 'getPool',
    method: 'GET',
    path: '/v1/pools/{name}',
    summary: 'One pool, with how full it is',
    verbs: ['read'],
    params: nameParams,
    answer: poolViewSchema,
    handle: ({ caller, params: { name } }, { addresses }) => {
      caller.requirePool(name);
      return addresses.pool(name);
    },
  }),
  route({
    name: 'putPool',
    method: 'PUT',
    path: '/v1/pools/{name}',
    summary: 'Makes or changes a pool, or keeps it for a preview',
    verbs: ['offer', 'claim'],
    params: nameParams,
    query: z.strictObject({ offer: flagSchema, dryRun: flagSchema }),
    body: putPoolSchema,
    answer: poolViewSchema,
    handle: async ({ caller, params: { name }, query, body, audit }, { addresses }) => {
      const isOffer = query.offer === 'true';
      const { owner, from, id, spec } = body;
      caller.require(isOffer ? 'offer' : 'claim');
      caller.requirePool(name);
      requireOwners(caller, owner, from);
      const asked = { name, spec, owner, from, identity: caller.identity };
      const dryRun = query.dryRun === 'true';
      const put = (): Promise<PoolView> =>
        isOffer ? addresses.offerPool(asked, { dryRun }) : addresses.putPool(asked, id, { dryRun });
      if (dryRun) return put();
      const note = audit(isOffer ? 'pool.offer' : 'pool.put', { pool: name, owner });
      const view = await put();
      note.after = `${view.id} ${view.spec.subnets.map((one) => one.subnet).join(' ')}`;
      return view;
    },
  }),
  route({
    name: 'claimsOutside',
    method: 'POST',
    path: '/v1/pools/{name}/outside',
    summary: 'All claims that keep a pool from a new definition, page by page',
    verbs: ['read'],
    params: nameParams,
    body: outsideSchema,
    answer: claimListSchema,
    handle: async ({ caller, params: { name }, body }, { addresses }) => {
      caller.requirePool(name);
      const list = await addresses.outside(name, body.spec, body.after, body.limit);
      return { ...list, claims: list.claims.filter((claim) => caller.mayActFor(claim.owner)) };
    },
  }),
  route({
    name: 'removePool',
    method: 'DELETE',
    path: '/v1/pools/{name}',
    summary: 'Removes a pool without claims; an older incarnation has no effect',
    verbs: ['claim'],
    params: nameParams,
    query: removalQuery,
    answer: removedSchema,
    handle: async ({ caller, params: { name }, query, audit }, { addresses }) => {
      const { id, owner } = query;
      const asker = { owner, identity: caller.identity };
      caller.requirePool(name);
      caller.requireOwner(owner);
      if (query.dryRun === 'true')
        return { removed: await addresses.removePool(name, id, asker, { dryRun: true }) };
      const note = audit('pool.remove', { pool: name, owner }, id);
      const removed = await addresses.removePool(name, id, asker);
      note.after = removed ? 'removed' : 'no effect';
      return { removed };
    },
  }),
];
