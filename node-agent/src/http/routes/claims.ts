import {
  type ClaimRequestBody,
  type ClaimView,
  claimIdSchema,
  claimListSchema,
  claimQuerySchema,
  claimRequestSchema,
  claimViewSchema,
  ownerSchema,
  removedSchema,
  transferSchema,
  watchEventSchema,
  watchQuerySchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import type { AddressService, AskVerb } from '../../address-service';
import { claimSummary } from '../../claim-views';
import type { Caller } from '../callers';
import { type Call, type RouteParts, requireOwners, route } from '../route';
import { watchFeed } from '../watch-feed';
import { flagSchema } from './params';

const trialQuery = z.strictObject({ dryRun: flagSchema });

type AskCall = Call<unknown, z.infer<typeof trialQuery>, ClaimRequestBody>;

/** Claims, and offers, which are claims with an end. */
export const CLAIM_ROUTES = [
  route({
    name: 'listClaims',
    method: 'GET',
    path: '/v1/claims',
    summary: 'Claims and offers of a pool, of owners that the caller may act for, page by page',
    verbs: ['read'],
    query: claimQuerySchema,
    answer: claimListSchema,
    handle: async ({ caller, query }, { addresses }) => {
      caller.requirePool(query.pool);
      if (query.owner !== undefined) caller.requireOwner(query.owner);
      const list = await addresses.claims(query);
      return { ...list, claims: list.claims.filter((claim) => caller.mayActFor(claim.owner)) };
    },
  }),
  route({
    name: 'watchClaims',
    method: 'GET',
    path: '/v1/claims/watch',
    summary: 'Changes of claims as they happen, one line each, from a version on',
    verbs: ['read'],
    query: watchQuerySchema,
    kind: 'lines',
    answer: watchEventSchema,
    handle: (call, { addresses, watches }) => {
      const { caller, query } = call;
      caller.requirePool(query.pool);
      if (query.owner !== undefined) caller.requireOwner(query.owner);
      return watchFeed(call, addresses, watches);
    },
  }),
  route({
    name: 'offer',
    method: 'POST',
    path: '/v1/offers',
    summary: 'What a claim would get, kept until the offer ends',
    verbs: ['offer'],
    query: trialQuery,
    body: claimRequestSchema,
    answer: claimViewSchema,
    handle: (call, parts) => ask('offer', call, parts),
  }),
  route({
    name: 'renew',
    method: 'POST',
    path: '/v1/offers/renew',
    summary: 'Keeps an offer for longer; a claim stays as it is',
    verbs: ['offer'],
    query: trialQuery,
    body: claimRequestSchema,
    answer: claimViewSchema,
    handle: (call, parts) => ask('renew', call, parts),
  }),
  route({
    name: 'confirm',
    method: 'POST',
    path: '/v1/offers/confirm',
    summary: 'Turns an offer into a claim, and nothing else: without an offer it is refused',
    verbs: ['claim'],
    query: trialQuery,
    body: claimRequestSchema,
    answer: claimViewSchema,
    handle: (call, parts) => ask('confirm', call, parts),
  }),
  route({
    name: 'claim',
    method: 'POST',
    path: '/v1/claims',
    summary: 'Takes an address for an owner: its offer, or what it holds already, where it has one',
    verbs: ['claim'],
    query: trialQuery,
    body: claimRequestSchema,
    answer: claimViewSchema,
    handle: (call, parts) => ask('claim', call, parts),
  }),
  route({
    name: 'transfer',
    method: 'POST',
    path: '/v1/claims/transfer',
    summary: 'Hands a claim over to a new owner of the same identity, incarnation and all',
    verbs: ['claim'],
    query: trialQuery,
    body: transferSchema,
    answer: claimViewSchema,
    handle: async ({ caller, query, body, audit }, { addresses }) => {
      const { pool, owner, from } = body;
      caller.requirePool(pool);
      requireOwners(caller, owner, from);
      const asked = { ...body, identity: identityFor(caller, addresses, pool, from, owner) };
      if (query.dryRun === 'true') return addresses.transfer(asked, { dryRun: true });
      const note = audit('transfer', { pool, owner }, `${from} ${addresses.heldBy(pool, from)}`);
      const view = await addresses.transfer(asked);
      note.after = claimSummary(view);
      return view;
    },
  }),
  route({
    name: 'release',
    method: 'DELETE',
    path: '/v1/claims/{id}',
    summary: 'Gives a claim back; an older incarnation, or a claim that is gone, has no effect',
    verbs: ['claim'],
    params: z.object({ id: claimIdSchema }),
    query: z.strictObject({ pool: z.string().min(1), owner: ownerSchema, dryRun: flagSchema }),
    answer: removedSchema,
    handle: async ({ caller, params: { id }, query, audit }, { addresses }) => {
      const { pool, owner, dryRun } = query;
      caller.requirePool(pool);
      caller.requireOwner(owner);
      const identity = identityFor(caller, addresses, pool, owner);
      const asked = { pool, owner, identity, id };
      if (dryRun === 'true') return removal(await addresses.release(asked, { dryRun: true }));
      const note = audit('release', { pool, owner }, addresses.heldBy(pool, owner));
      const answer = await addresses.release(asked);
      note.after = `${id} ${answer.released ? 'released' : `no effect: ${answer.why}`}`;
      return removal(answer);
    },
  }),
];

/** The operator on the node acts for whoever holds the claim; everybody else for themselves. */
function identityFor(
  caller: Caller,
  addresses: AddressService,
  pool: string,
  ...owners: readonly string[]
): string {
  if (!caller.isOperator) return caller.identity;
  const holders = owners.map((owner) => addresses.identityOf(pool, owner));
  return holders.find((one) => one !== undefined) ?? caller.identity;
}

async function ask(
  verb: AskVerb,
  { caller, query, body, audit }: AskCall,
  { addresses }: RouteParts,
): Promise<ClaimView> {
  const { pool, owner, from } = body;
  caller.requirePool(pool);
  requireOwners(caller, owner, from);
  const request = caller.asking(body);
  if (query.dryRun === 'true') return addresses.ask(verb, request, { dryRun: true });
  const note = audit(verb, { pool, owner }, addresses.heldBy(pool, owner));
  const view = await addresses.ask(verb, request);
  note.after = claimSummary(view);
  return view;
}

function removal({ released, why }: { released: boolean; why?: 'newer' | 'not-held' }): {
  removed: boolean;
  why?: 'newer' | 'not-held';
} {
  return { removed: released, ...(why === undefined ? {} : { why }) };
}
