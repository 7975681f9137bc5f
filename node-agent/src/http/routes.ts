import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NetloomError } from 'netloom';
import {
  type AgentInfo,
  type BridgeView,
  type ClaimList,
  type ClaimView,
  claimQuerySchema,
  claimRequestSchema,
  type NodeFactsView,
  type PoolView,
  putBridgeSchema,
  putPoolSchema,
  type Removed,
} from 'netloom/agent-api';
import { z } from 'zod';
import type { AddressService } from '../address-service';
import type { BridgeService } from '../bridges';
import type { NodeObserver } from '../node-facts';
import { problemsOfSchema } from '../problems';
import type { Caller } from './callers';

/** What the routes answer from. */
export interface RouteParts {
  readonly info: AgentInfo;
  readonly addresses: AddressService;
  readonly bridges: BridgeService;
  readonly node: NodeObserver;
}

/** What a change was about, for its audit line. */
export interface AuditNote {
  readonly change: string;
  readonly pool?: string | undefined;
  readonly bridge?: string | undefined;
  readonly owner: string;
  readonly before: string;
  after?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for every request that gets as far as a route below `/v1`. */
    caller: Caller | null;
    audit: AuditNote | null;
  }
}

const flag = z.enum(['true', 'false']).optional();
const nameSchema = z.object({ name: z.string() });
const removalSchema = z.strictObject({
  id: z.string().min(1).max(512),
  owner: z.string().min(1).max(1024),
});

/** The routes of the contract in `netloom/agent-api`, below `/v1`. */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get('/info', async (request): Promise<AgentInfo> => {
    callerOf(request).require('read');
    return parts.info;
  });
  app.get('/node', async (request): Promise<NodeFactsView> => {
    callerOf(request).require('read');
    return parts.node.observe();
  });
  addPoolRoutes(app, parts.addresses);
  addClaimRoutes(app, parts.addresses);
  addBridgeRoutes(app, parts.bridges);
}

function addPoolRoutes(app: FastifyInstance, addresses: AddressService): void {
  app.get('/pools', async (request): Promise<{ pools: PoolView[] }> => {
    const caller = callerOf(request);
    caller.require('read');
    return { pools: (await addresses.pools()).filter((pool) => caller.mayUsePool(pool.name)) };
  });

  app.get('/pools/:name', async (request): Promise<PoolView> => {
    const { name } = parse(nameSchema, request.params);
    const caller = callerOf(request);
    caller.require('read');
    caller.requirePool(name);
    return addresses.pool(name);
  });

  app.put('/pools/:name', async (request): Promise<PoolView> => {
    const { name } = parse(nameSchema, request.params);
    const { offer } = parse(z.strictObject({ offer: flag }), request.query);
    const isOffer = offer === 'true';
    const caller = callerOf(request);
    caller.require(isOffer ? 'offer' : 'claim');
    caller.requirePool(name);
    const { owner, from, id, spec } = parse(putPoolSchema, request.body);
    requireOwners(caller, owner, from);
    const asked = { name, spec, owner, from, identity: caller.identity };
    const note = startAudit(request, isOffer ? 'pool.offer' : 'pool.put', { pool: name, owner });
    const view = await (isOffer ? addresses.offerPool(asked) : addresses.putPool(asked, id));
    note.after = `${view.id} ${view.spec.subnets.map((one) => one.subnet).join(' ')}`;
    return view;
  });

  app.delete('/pools/:name', async (request): Promise<Removed> => {
    const { name } = parse(nameSchema, request.params);
    const { id, owner } = parse(removalSchema, request.query);
    const caller = callerOf(request);
    caller.require('claim');
    caller.requirePool(name);
    caller.requireOwner(owner);
    const note = startAudit(request, 'pool.remove', { pool: name, owner }, id);
    const removed = await addresses.removePool(name, id, { owner, identity: caller.identity });
    note.after = removed ? 'removed' : 'no effect';
    return { removed };
  });
}

function addClaimRoutes(app: FastifyInstance, addresses: AddressService): void {
  const ask =
    (kind: 'offer' | 'claim') =>
    async (request: FastifyRequest): Promise<ClaimView> => {
      const caller = callerOf(request);
      caller.require(kind);
      const body = parse(claimRequestSchema, request.body);
      const { pool, owner, from } = body;
      caller.requirePool(pool);
      requireOwners(caller, owner, from);
      const note = startAudit(request, kind, { pool, owner }, addresses.heldBy(pool, owner));
      const view = await addresses[kind]({ ...body, identity: caller.identity });
      note.after = [view.id, ...view.addresses, ...(view.mac === undefined ? [] : [view.mac])].join(
        ' ',
      );
      return view;
    };
  app.post('/offers', ask('offer'));
  app.post('/claims', ask('claim'));

  app.get('/claims', async (request): Promise<ClaimList> => {
    const query = parse(claimQuerySchema, request.query);
    const { pool, owner } = query;
    const caller = callerOf(request);
    caller.require('read');
    caller.requirePool(pool);
    if (owner !== undefined) caller.requireOwner(owner);
    const list = await addresses.claims(query);
    return { ...list, claims: list.claims.filter((claim) => caller.mayActFor(claim.owner)) };
  });

  app.delete('/claims/:id', async (request): Promise<Removed> => {
    const { id } = parse(
      z.object({
        id: z.string().regex(/^[0-9a-f]{16}#\d{1,16}$/, 'the id that the claim was answered with'),
      }),
      request.params,
    );
    const schema = z.strictObject({ pool: z.string().min(1), owner: z.string().min(1).max(1024) });
    const { pool, owner } = parse(schema, request.query);
    const caller = callerOf(request);
    caller.require('claim');
    caller.requirePool(pool);
    caller.requireOwner(owner);
    const note = startAudit(request, 'release', { pool, owner }, addresses.heldBy(pool, owner));
    const removed = await addresses.release({ pool, owner, identity: caller.identity, id });
    note.after = `${id} ${removed ? 'released' : 'no effect'}`;
    return { removed };
  });
}

function addBridgeRoutes(app: FastifyInstance, bridges: BridgeService): void {
  app.get('/bridges', async (request): Promise<{ bridges: BridgeView[] }> => {
    const caller = callerOf(request);
    caller.require('read');
    return { bridges: (await bridges.list()).filter((bridge) => caller.mayActFor(bridge.owner)) };
  });

  app.put('/bridges/:name', async (request): Promise<BridgeView> => {
    const { name } = parse(nameSchema, request.params);
    const { dryRun } = parse(z.strictObject({ dryRun: flag }), request.query);
    const caller = callerOf(request);
    caller.require('bridge');
    const { owner, from, id, spec } = parse(putBridgeSchema, request.body);
    requireOwners(caller, owner, from);
    const requestAddress = plainAddress(request.raw.socket.localAddress);
    const asked = { name, owner, from, id, spec, identity: caller.identity, requestAddress };
    if (dryRun === 'true') return bridges.preview(asked);
    const note = startAudit(
      request,
      'bridge.put',
      { bridge: name, owner },
      describe(bridges, name),
    );
    const view = await bridges.put(asked);
    note.after = `${describe(bridges, name)}; steps: ${view.steps.join(', ') || 'none'}`;
    return view;
  });

  app.delete('/bridges/:name', async (request): Promise<Removed> => {
    const { name } = parse(nameSchema, request.params);
    const { id, owner } = parse(removalSchema, request.query);
    const caller = callerOf(request);
    caller.require('bridge');
    caller.requireOwner(owner);
    const note = startAudit(
      request,
      'bridge.remove',
      { bridge: name, owner },
      describe(bridges, name),
    );
    const removed = await bridges.remove({ name, id, owner, identity: caller.identity });
    note.after = `${id} ${removed ? 'removed' : 'no effect'}`;
    return { removed };
  });
}

function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('a route was reached without a caller');
  return request.caller;
}

/** Who takes over has to be allowed to act for the one that hands over, too. */
function requireOwners(caller: Caller, owner: string, from: string | undefined): void {
  caller.requireOwner(owner);
  if (from !== undefined) caller.requireOwner(from);
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw new NetloomError(problemsOfSchema(parsed.error, input ?? {}, 'NL_REQUEST_INVALID'));
}

function startAudit(
  request: FastifyRequest,
  change: string,
  subject: { pool?: string; bridge?: string; owner: string },
  before = 'none',
): AuditNote {
  const note: AuditNote = { change, ...subject, before };
  request.audit = note;
  return note;
}

function describe(bridges: BridgeService, name: string): string | undefined {
  const record = bridges.recorded(name);
  return record && `${name}#${record.incarnation} ${JSON.stringify(record.spec)}`;
}

/** Without the prefix of an IPv4 address on a socket that takes both families. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '');
}
