import type { AgentInfo } from 'netloom/agent-api';
import type { z } from 'zod';
import type { AddressService } from '../address-service';
import type { AuditService } from '../audit';
import type { BridgeService } from '../bridges';
import type { Checkpoints } from '../checkpoint';
import type { Verb } from '../config';
import type { NodeObserver } from '../node-facts';
import type { NetworkService } from '../node-network';
import type { ReachService } from '../reach';
import type { Caller } from './callers';
import type { Feed } from './feed';
import type { OpenApiDocument } from './openapi';
import type { Watches } from './rate-limits';

/** What the routes answer from. */
export interface RouteParts {
  readonly info: AgentInfo;
  readonly addresses: AddressService;
  readonly bridges: BridgeService;
  readonly networks: NetworkService;
  readonly checkpoints: Checkpoints;
  readonly audit: AuditService;
  readonly node: NodeObserver;
  readonly reach: ReachService;
  readonly watches: Watches;
  /** True once everything recorded has been looked at and brought to the kernel. */
  readonly isReady: () => boolean;
  /** All numbers that the caller may see, in Prometheus' text format. */
  readonly metricsText: (caller: Caller) => Promise<string>;
  /** The OpenAPI document of all routes. */
  readonly openApi: () => OpenApiDocument;
}

/** What a change was about, for its audit line. */
export interface AuditNote {
  readonly change: string;
  readonly pool?: string | undefined;
  readonly bridge?: string | undefined;
  readonly owner?: string | undefined;
  readonly before: string;
  after?: string;
}

/** One request, checked, as a route's handler sees it. */
export interface Call<Params, Query, Body> {
  /** Of an open route nobody, with no rights. */
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Address of this host that the request came in on; undefined on the Unix socket. */
  readonly localAddress: string | undefined;
  /** Address that it came from; undefined on the Unix socket. */
  readonly remoteAddress: string | undefined;
  /** Asks again who the caller is, for answers that take long: its credential may be gone by now. */
  isStillAllowed(): Promise<boolean>;
  /** Begins the audit line of a change; what comes of it goes into `after`. */
  audit(change: string, subject: Omit<AuditNote, 'change' | 'before'>, before?: string): AuditNote;
}

/** A JSON document answers a request, or lines of JSON while the client listens, or plain text. */
export type AnswerKind = 'json' | 'lines' | 'text';

/** What a route of the kind `text` may answer instead of a plain text. */
export interface TextAnswer {
  readonly status: number;
  readonly text: string;
}

/** One route: everything the server and the OpenAPI document know of it. */
export interface RouteDefinition<Params, Query, Body, Answer> {
  /** Unique; `operationId` of the document. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its parameters in braces, each a whole part: `/v1/pools/{name}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** The caller needs one of these; which one by what it sends is up to the handler. None: open to all. */
  readonly verbs: readonly Verb[];
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Most bytes of a body. @default BODY_LIMIT */
  readonly bodyLimit?: number;
  /** How many requests of the caller's rate it counts as. @default - one */
  readonly weight?: (body: Body) => number;
  /** @default json */
  readonly kind?: AnswerKind;
  /** Of the document, or of one line. @default - text */
  readonly answer?: z.ZodType<Answer>;
  handle(
    call: Call<Params, Query, Body>,
    parts: RouteParts,
  ): Promise<Answer | Feed> | Answer | Feed;
}

/** A route among others. */
export type Route = RouteDefinition<unknown, unknown, unknown, unknown>;

/** Puts a route into the table; what its schemas say is what its handler gets. */
export function route<Params, Query, Body, Answer>(
  definition: RouteDefinition<Params, Query, Body, Answer>,
): Route {
  return definition as unknown as Route;
}

/** Who takes over has to be allowed to act for the one that hands over, too. */
export function requireOwners(caller: Caller, owner: string, from: string | undefined): void {
  caller.requireOwner(owner);
  if (from !== undefined) caller.requireOwner(from);
}
