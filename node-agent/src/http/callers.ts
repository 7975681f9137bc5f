import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type ClaimRequest, NetloomError, type Problem } from 'netloom';
import type { ClaimRequestBody } from 'netloom/agent-api';
import type { ServiceAccount, ServiceAccounts } from '../cluster';
import type { Verb } from '../config';
import { type Credentials, hashToken, type Rights } from '../credentials';
import { matches } from '../globs';

const ACCOUNT_PREFIX = 'system:serviceaccount:';

/** Who makes a request, and what they may do. */
export class Caller {
  constructor(
    /** Name of the token, `cert:` and the common name, or `system:serviceaccount:NAMESPACE:NAME`. */
    readonly identity: string,
    private readonly rights: Rights,
    /** Came in by the Unix socket: may give back and hand over what any identity holds. */
    readonly isOperator = false,
  ) {}

  /** @throws NetloomError NL_AGENT_FORBIDDEN */
  require(verb: Verb): void {
    if (this.rights.verbs.includes(verb)) return;
    throw this.forbidden('verb', `may not ${verb}`, `a credential with the verb "${verb}"`);
  }

  /** @throws NetloomError NL_AGENT_FORBIDDEN */
  requireOneOf(verbs: readonly Verb[]): void {
    if (verbs.some((verb) => this.rights.verbs.includes(verb))) return;
    if (verbs.length === 1) this.require(verbs[0] as Verb);
    const allowed = `a credential with one of the verbs ${verbs.join(', ')}`;
    throw this.forbidden('verb', `may not ${verbs.join(' or ')}`, allowed);
  }

  /** @throws NetloomError NL_AGENT_FORBIDDEN */
  requirePool(pool: string): void {
    if (this.mayUsePool(pool)) return;
    const allowed = `pools that match ${this.rights.pools.join(', ')}`;
    throw this.forbidden('pool', `may not use pool "${pool}"`, allowed);
  }

  /** @throws NetloomError NL_AGENT_FORBIDDEN */
  requireOwner(owner: string): void {
    if (this.mayActFor(owner)) return;
    const allowed = `owners that match ${this.rights.owners.join(', ')}`;
    throw this.forbidden('owner', `may not act for owner "${owner}"`, allowed);
  }

  /** What is asked for, with who asks and how much that one may hold. */
  asking(body: ClaimRequestBody): ClaimRequest {
    const { identity, rights } = this;
    const { pool, owner, addresses, family, prefixLength, mac, labels, reason, from } = body;
    const offerMs = body.offerSeconds === undefined ? undefined : body.offerSeconds * 1000;
    const { quota } = rights;
    // All keys by name, so that all requests are of one shape.
    return {
      pool,
      owner,
      identity,
      addresses,
      family,
      prefixLength,
      mac,
      labels,
      reason,
      from,
      offerMs,
      quota,
    };
  }

  /** True for the same identity with the same rights. */
  isLike(other: Caller): boolean {
    const { identity, rights } = other;
    return this.identity === identity && JSON.stringify(this.rights) === JSON.stringify(rights);
  }

  mayUsePool(pool: string): boolean {
    return this.rights.pools.some((glob) => matches(glob, pool));
  }

  mayActFor(owner: string): boolean {
    return this.rights.owners.some((glob) => matches(glob, owner));
  }

  /** A ServiceAccount's verbs are the cluster's business. */
  private fix(key: string): string {
    if (key !== 'verb' || !this.identity.startsWith(ACCOUNT_PREFIX)) {
      return 'use another credential, or widen the rights of this one in agent.yaml';
    }
    return 'bind it to a ClusterRole with that verb on the resource "agents" of group netloom.io';
  }

  private forbidden(key: string, found: string, allowed: string): NetloomError {
    return new NetloomError({
      code: 'NL_AGENT_FORBIDDEN',
      key,
      found: `"${this.identity}" ${found}`,
      allowed,
      fix: this.fix(key),
    });
  }
}

/**
 * Finds out who calls. A bearer token counts before a certificate, and a wrong one is refused even
 * beside a good certificate.
 *
 * @param cluster who tells ServiceAccounts, where their tokens are taken
 * @throws NetloomError NL_AGENT_TOKEN (nobody), NL_AGENT_FORBIDDEN (somebody without rights),
 *   NL_CLUSTER_UNREACHABLE (nobody can say)
 */
export function identify(
  request: IncomingMessage,
  credentials: Credentials,
  cluster?: ServiceAccounts,
): Caller | Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return byToken(authorization, credentials, cluster);
  const name = certificateName(request.socket as TLSSocket);
  if (name === undefined) throw new NetloomError(unknownCaller('no credential was given'));
  const rights = credentials.clients.get(name);
  if (rights) return new Caller(`cert:${name}`, rights);
  throw new NetloomError({
    code: 'NL_AGENT_FORBIDDEN',
    key: 'certificate',
    found: `the client certificate of "${name}" is good, but the agent's configuration does not list it`,
    allowed: 'a name that stands under clients in agent.yaml',
    fix: 'add it there with its verbs',
  });
}

/** At once, unless the cluster has to be asked. */
function byToken(
  authorization: string,
  credentials: Credentials,
  cluster: ServiceAccounts | undefined,
): Caller | Promise<Caller> {
  const token = /^Bearer +([\x21-\x7e]{1,4096})$/i.exec(authorization)?.[1];
  if (token === undefined)
    throw new NetloomError(unknownCaller('the authorization header is no bearer token'));
  const hash = hashToken(token);
  let found: (typeof credentials.tokens)[number] | undefined;
  // All are compared, so that the time says nothing about which one was near.
  for (const known of credentials.tokens) {
    if (timingSafeEqual(known.hash, hash)) found = known;
  }
  if (found) return new Caller(found.name, found.rights);
  return byClusterToken(token, credentials, cluster);
}

async function byClusterToken(
  token: string,
  credentials: Credentials,
  cluster: ServiceAccounts | undefined,
): Promise<Caller> {
  const account = await cluster?.holderOf(token);
  if (account) return byAccount(account, credentials);
  throw new NetloomError(unknownCaller('the token is not one of this agent'));
}

function byAccount({ user, verbs }: ServiceAccount, { accounts }: Credentials): Caller {
  const name = user.startsWith(ACCOUNT_PREFIX)
    ? user.slice(ACCOUNT_PREFIX.length).replace(':', '/')
    : user;
  const listed = accounts.find((one) => matches(one.name, name));
  if (listed) return new Caller(user, { ...listed, verbs });
  throw new NetloomError({
    code: 'NL_AGENT_FORBIDDEN',
    key: 'token',
    found: `the token of "${user}" is good, but the agent's configuration does not list it`,
    allowed: 'a ServiceAccount that fits an entry of kubernetes.accounts in agent.yaml',
    fix: `add "${name}" there`,
  });
}

interface PeerName {
  readonly name: string | undefined;
  readonly validTo: number;
}

/** Reading a certificate costs more than the rest of a request. */
const peerNames = new WeakMap<TLSSocket, PeerName>();

/** Common name of a certificate that our client CA signed and that has not expired on an old connection. */
function certificateName(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  let peer = peerNames.get(socket);
  if (!peer) {
    const certificate = socket.getPeerCertificate();
    const name = certificate?.subject?.CN;
    peer = {
      name: typeof name === 'string' ? name : undefined,
      validTo: Date.parse(certificate?.valid_to ?? ''),
    };
    peerNames.set(socket, peer);
  }
  return Date.now() < peer.validTo ? peer.name : undefined;
}

function unknownCaller(found: string): Problem {
  return {
    code: 'NL_AGENT_TOKEN',
    key: 'credential',
    found,
    allowed: "one of the agent's tokens, or a certificate of its client CA",
    fix: 'set netloom:tokenFile, or netloom:certFile and netloom:keyFile',
  };
}
