import {
  type ClaimRequestBody,
  type ClaimView,
  claimListSchema,
  claimQuerySchema,
  claimRequestSchema,
  claimViewSchema,
  ownerSchema,
  removedSchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import { type Call, type RouteParts, requireOwners, route } from '../route';

/** A claim's id in a path, with the `#` as `%23`. */
const claimParams = z.object({
  id: z.string().regex(/^[0-9a-f]{16}#\d{1,16}$/, 'the id that the claim was answered with'),
});

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
    name: 'offer',
    method: 'POST',
    path: '/v1/offers',
    summary: 'What a claim would get, kept until the offer ends',
    verbs: ['offer'],
    body: claimRequestSchema,
    answer: claimViewSchema,
    handle: (call, parts) => ask('offer', call, parts),
  }),
  route({
    name: 'claim',
    method: 'POST',
    path: '/v1/claims',
    summary: 'Takes an address for an owner: its offer, or what it holds already, where it has one',
    verbs: ['claim'],
    body: claimRequestSchema,
    answer: claimViewSchema,
    handle: (call, parts) => ask('claim', call, parts),
  }),
  route({
    name: 'release',
    method: 'DELETE',
    path: '/v1/claims/{id}',
    summary: 'Gives a claim back; an older incarnation, or a claim that is gone, has no effect',
    verbs: ['claim'],
    params: claimParams,
    query: z.strictObject({ pool: z.string().min(1), owner: ownerSchema }),
    answer: removedSchema,
    handle: async ({ caller, params: { id }, query: { pool, owner }, audit }, { addresses }) => {
      caller.requirePool(pool);
      caller.requireOwner(owner);
      const note = audit('release', { pool, owner }, addresses.heldBy(pool, owner));
      const removed = await addresses.release({ pool, owner, identity: caller.identity, id });
      note.after = `${id} ${removed ? 'released' : 'no effect'}`;
      return { removed };
    },
  }),
];

async function ask(
  verb: 'offer' | 'claim',
  { caller, body, audit }: Call<unknown, unknown, ClaimRequestBody>,
  { addresses }: RouteParts,
): Promise<ClaimView> {
  const { pool, owner, from } = body;
  caller.requirePool(pool);
  requireOwners(caller, owner, from);
  const note = audit(verb, { pool, owner }, addresses.heldBy(pool, owner));
  const view = await addresses[verb]({ ...body, identity: caller.identity });
  note.after = summary(view);
  return view;
}

/** A claim in an audit line. */
function summary({ id, addresses, mac }: ClaimView): string {
  return [id, ...addresses, ...(mac === undefined ? [] : [mac])].join(' ');
}
