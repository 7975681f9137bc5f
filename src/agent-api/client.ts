import type { z } from 'zod';
import { NetloomError, type Problem } from '../errors';
import { type AuditReportView, type AuditRequest, auditReportSchema } from './audit';
import {
  type BatchAnswers,
  type BatchRequest,
  batchAnswersSchema,
  type OutsideQuery,
  type Transfer,
  type WatchEvent,
  type WatchQuery,
  watchEventSchema,
} from './batches';
import { CONFIRM_SECONDS, confirmChange } from './confirmation';
import type { AgentConnection } from './connections';
import { type NodeFactsView, nodeFactsSchema } from './node-facts';
import {
  type NodeNetworkView,
  nodeNetworkListSchema,
  nodeNetworkViewSchema,
  type PutNodeNetwork,
  type RemovedNetwork,
  removedNetworkSchema,
} from './node-network';
import { type ReachRequest, type ReachView, reachViewSchema } from './reach';
import {
  type AgentInfo,
  type BridgeView,
  bridgeListSchema,
  bridgeViewSchema,
  type CheckpointsView,
  type ClaimList,
  type ClaimQuery,
  type ClaimRequestBody,
  type ClaimView,
  checkpointsSchema,
  claimListSchema,
  claimViewSchema,
  infoSchema,
  type OpenChangeView,
  type PoolView,
  type PutBridge,
  type PutPool,
  poolListSchema,
  poolViewSchema,
  type Removed,
  type RemovedBridge,
  removedBridgeSchema,
  removedSchema,
} from './schemas';
import { AgentTransport, type Call, REQUEST_TIMEOUT_MS } from './transport';

/** Of a change: with `dryRun` everything is checked and answered, and nothing changes. */
export interface ChangeOptions {
  readonly dryRun?: boolean | undefined;
  /**
   * How long a change of the host is kept without a confirmation, which this client sends, in s. Changes
   * of addresses and pools need none.
   *
   * @default 60
   */
  readonly confirmSeconds?: number | undefined;
}

/**
 * A typed client of one agent. Every failure is a {@link NetloomError} that names the agent and
 * what to do. Credentials are read from their files, and never kept in a message.
 */
export class AgentClient {
  private readonly transport: AgentTransport;

  constructor(
    readonly connection: AgentConnection,
    timeoutMs: number = REQUEST_TIMEOUT_MS,
  ) {
    this.transport = new AgentTransport(connection, timeoutMs);
  }

  info(): Promise<AgentInfo> {
    return this.transport.call(infoSchema, { method: 'GET', path: ['info'], about: 'its name' });
  }

  /** What secondary networks find on the agent's node. */
  node(): Promise<NodeFactsView> {
    return this.transport.call(nodeFactsSchema, {
      method: 'GET',
      path: ['node'],
      about: 'its node',
    });
  }

  /** Asks a target once from the agent's node. @throws NetloomError NL_HOST_POLICY */
  reach(body: ReachRequest, options: ChangeOptions = {}): Promise<ReachView> {
    const about = `${body.kind} to ${body.target}`;
    const query = trial(options);
    const call: Call = { method: 'POST', path: ['reach'], query, body, about };
    return this.transport.call(reachViewSchema, call);
  }

  async pools(): Promise<PoolView[]> {
    const call: Call = { method: 'GET', path: ['pools'], about: 'its pools' };
    return (await this.transport.call(poolListSchema, call)).pools;
  }

  /** Has the agent compare claims with what is in use, and repair what was confirmed where asked to. */
  audit(body: AuditRequest = {}): Promise<AuditReportView> {
    const about = 'an audit';
    const call: Call = { method: 'POST', path: ['audit'], body, about };
    return this.transport.call(auditReportSchema, call);
  }

  /** What the last audit found. */
  lastAudit(): Promise<AuditReportView> {
    const call: Call = { method: 'GET', path: ['audit'], about: 'its last audit' };
    return this.transport.call(auditReportSchema, call);
  }

  /** Undefined when the agent, asked with good credentials, says that there is no such pool. */
  pool(name: string): Promise<PoolView | undefined> {
    const call: Call = { method: 'GET', path: ['pools', name], about: `pool "${name}"` };
    return this.absentAs(undefined, 'NL_POOL_UNKNOWN', this.transport.call(poolViewSchema, call));
  }

  offerPool(name: string, body: PutPool, options: ChangeOptions = {}): Promise<PoolView> {
    const about = `an offer of pool "${name}"`;
    const query = { offer: 'true', ...trial(options) };
    const call: Call = { method: 'PUT', path: ['pools', name], query, body, about };
    return this.transport.call(poolViewSchema, call);
  }

  putPool(name: string, body: PutPool, options: ChangeOptions = {}): Promise<PoolView> {
    const about = `pool "${name}"`;
    const query = trial(options);
    const call: Call = { method: 'PUT', path: ['pools', name], query, body, about };
    return this.transport.call(poolViewSchema, call);
  }

  /** All claims that a new definition of a pool would not hold, page by page. */
  claimsOutside(name: string, body: OutsideQuery): Promise<ClaimList> {
    const about = `claims outside a new definition of pool "${name}"`;
    const path = ['pools', name, 'outside'];
    return this.transport.call(claimListSchema, { method: 'POST', path, body, about });
  }

  /** True when the pool was there and is not any more. */
  async removePool(
    name: string,
    id: string,
    owner: string,
    options: ChangeOptions = {},
  ): Promise<boolean> {
    const call: Call = {
      method: 'DELETE',
      path: ['pools', name],
      query: { id, owner, ...trial(options) },
      about: `pool "${name}"`,
    };
    return (await this.transport.call(removedSchema, call)).removed;
  }

  offer(body: ClaimRequestBody, options?: ChangeOptions): Promise<ClaimView> {
    return this.ask(['offers'], 'an offer', body, options);
  }

  /** Keeps an offer for longer. @throws NetloomError NL_OFFER_GONE */
  renew(body: ClaimRequestBody, options?: ChangeOptions): Promise<ClaimView> {
    return this.ask(['offers', 'renew'], 'an offer', body, options);
  }

  /** Turns an offer into a claim. @throws NetloomError NL_OFFER_GONE */
  confirm(body: ClaimRequestBody, options?: ChangeOptions): Promise<ClaimView> {
    return this.ask(['offers', 'confirm'], 'a claim', body, options);
  }

  claim(body: ClaimRequestBody, options?: ChangeOptions): Promise<ClaimView> {
    return this.ask(['claims'], 'a claim', body, options);
  }

  /** Hands a claim over to a new owner of the same identity. @throws NetloomError NL_OFFER_GONE */
  transfer(body: Transfer, options: ChangeOptions = {}): Promise<ClaimView> {
    const about = `a claim of pool "${body.pool}"`;
    const query = trial(options);
    const path = ['claims', 'transfer'];
    return this.transport.call(claimViewSchema, { method: 'POST', path, query, body, about });
  }

  /** Steps in order: all or none, or each by itself. */
  batch(body: BatchRequest, options: ChangeOptions = {}): Promise<BatchAnswers> {
    const about = `${body.steps.length} steps`;
    const query = trial(options);
    const path = ['batches'];
    return this.transport.call(batchAnswersSchema, { method: 'POST', path, query, body, about });
  }

  /**
   * Changes of claims as they happen. It ends when the agent does, when the signal says so, and when
   * the credential is gone; the version of the last event is where to go on.
   *
   * @throws NetloomError NL_WATCH_GONE: list anew, and watch from the version of that list
   */
  watchClaims(query: WatchQuery, signal?: AbortSignal): AsyncGenerator<WatchEvent> {
    const about = `changes of pool "${query.pool}"`;
    const call: Call = { method: 'GET', path: ['claims', 'watch'], query, about };
    return this.transport.lines(watchEventSchema, call, signal);
  }

  async claims(pool: string, owner?: string): Promise<ClaimView[]> {
    const call: Call = {
      method: 'GET',
      path: ['claims'],
      query: { pool, owner },
      about: `claims of pool "${pool}"`,
    };
    return this.absentAs(
      [],
      'NL_POOL_UNKNOWN',
      this.transport.call(claimListSchema, call).then((r) => r.claims),
    );
  }

  /** Claims that a query asks for, page by page: `next` of one is `after` of the following. */
  claimPage({ limit, after, ...query }: ClaimQuery): Promise<ClaimList> {
    const pages = { limit: limit?.toString(), after: after?.toString() };
    return this.transport.call(claimListSchema, {
      method: 'GET',
      path: ['claims'],
      query: { ...query, ...pages },
      about: `claims of pool "${query.pool}"`,
    });
  }

  /** True when an address came free; false when the claim was gone or held by a newer incarnation. */
  async release(pool: string, id: string, owner: string): Promise<boolean> {
    return (await this.released(pool, id, owner)).removed;
  }

  /** The same, with the reason where nothing came free. */
  released(pool: string, id: string, owner: string, options: ChangeOptions = {}): Promise<Removed> {
    return this.transport.call(removedSchema, {
      method: 'DELETE',
      path: ['claims', id],
      query: { pool, owner, ...trial(options) },
      about: `a claim of pool "${pool}"`,
    });
  }

  async bridges(): Promise<BridgeView[]> {
    const call: Call = { method: 'GET', path: ['bridges'], about: 'its bridges' };
    return (await this.transport.call(bridgeListSchema, call)).bridges;
  }

  /** Undefined when the agent holds no such bridge. */
  async bridge(name: string): Promise<BridgeView | undefined> {
    return (await this.bridges()).find((bridge) => bridge.name === name);
  }

  /**
   * Makes or changes a bridge. Where the agent has a watchdog the change is confirmed over a new
   * connection, and is taken back when that can't be done.
   */
  putBridge(name: string, body: PutBridge, options: ChangeOptions = {}): Promise<BridgeView> {
    return this.confirmed(bridgeViewSchema, options, {
      method: 'PUT',
      path: ['bridges', name],
      body,
      about: `bridge "${name}"`,
    });
  }

  async removeBridge(
    name: string,
    id: string,
    owner: string,
    options: ChangeOptions = {},
  ): Promise<boolean> {
    return (await this.bridgeRemoval(name, id, owner, options)).removed;
  }

  /** Removes a bridge, and says by which steps; a dry run says them, too. */
  bridgeRemoval(
    name: string,
    id: string,
    owner: string,
    options: ChangeOptions = {},
  ): Promise<RemovedBridge> {
    const call: Call = {
      method: 'DELETE',
      path: ['bridges', name],
      query: { id, owner },
      about: `bridge "${name}"`,
    };
    return this.confirmed(removedBridgeSchema, options, call);
  }

  /** The change of the host that waits for its confirmation, and whether there is a watchdog. */
  checkpoints(): Promise<CheckpointsView> {
    const call: Call = { method: 'GET', path: ['checkpoints'], about: 'its open change' };
    return this.transport.call(checkpointsSchema, call);
  }

  /** A change of the host, that is kept once the agent was reached over a new connection. */
  private async confirmed<T extends { readonly checkpoint?: OpenChangeView | undefined }>(
    schema: z.ZodType<T>,
    options: ChangeOptions,
    call: Call,
  ): Promise<T> {
    const seconds = options.confirmSeconds ?? CONFIRM_SECONDS;
    const confirmSeconds = options.dryRun ? undefined : String(seconds);
    const query = { ...call.query, ...trial(options), confirmSeconds };
    const { checkpoint, ...answer } = await this.transport.call(schema, { ...call, query });
    if (checkpoint) await confirmChange(this.connection, checkpoint, call.about);
    return answer as T;
  }

  /** The wanted networks of the agent's node, one for each owner. */
  async nodeNetworks(): Promise<NodeNetworkView[]> {
    const about = "its node's networks";
    const call: Call = { method: 'GET', path: ['node-network'], about };
    return (await this.transport.call(nodeNetworkListSchema, call)).networks;
  }

  /** Undefined when the agent holds none of that owner. */
  async nodeNetwork(owner: string): Promise<NodeNetworkView | undefined> {
    return (await this.nodeNetworks()).find((network) => network.owner === owner);
  }

  /** Confirmed over a new connection, as {@link putBridge}. */
  putNodeNetwork(body: PutNodeNetwork, options: ChangeOptions = {}): Promise<NodeNetworkView> {
    return this.confirmed(nodeNetworkViewSchema, options, {
      method: 'PUT',
      path: ['node-network'],
      body,
      about: `the network of "${body.owner}"`,
    });
  }

  async removeNodeNetwork(id: string, owner: string): Promise<boolean> {
    return (await this.nodeNetworkRemoval(id, owner)).removed;
  }

  /** Removes an owner's network, and says by which steps; a dry run says them, too. */
  nodeNetworkRemoval(
    id: string,
    owner: string,
    options: ChangeOptions = {},
  ): Promise<RemovedNetwork> {
    return this.confirmed(removedNetworkSchema, options, {
      method: 'DELETE',
      path: ['node-network'],
      query: { id, owner },
      about: `the network of "${owner}"`,
    });
  }

  /** Lets go of open connections. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private ask(
    path: readonly string[],
    what: string,
    body: ClaimRequestBody,
    options: ChangeOptions = {},
  ): Promise<ClaimView> {
    const about = `${what} from pool "${body.pool}"`;
    const query = trial(options);
    return this.transport.call(claimViewSchema, { method: 'POST', path, query, body, about });
  }

  private async absentAs<T>(value: T, code: Problem['code'], answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof NetloomError && error.problems.every((one) => one.code === code))
        return value;
      throw error;
    }
  }
}

function trial({ dryRun }: ChangeOptions): { dryRun: string | undefined } {
  return { dryRun: dryRun ? 'true' : undefined };
}
