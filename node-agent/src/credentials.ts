import { hash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { NetloomError, type Problem, type Quota } from 'netloom';
import { type AgentConfig, unreadable, type Verb } from './config';

/** What the holder of a credential may do, and for whom. */
export interface Rights {
  readonly verbs: readonly Verb[];
  readonly pools: readonly string[];
  readonly owners: readonly string[];
  /** How much it may hold at a time, over all pools. @default - any number */
  readonly quota?: Quota | undefined;
}

/** All secrets of an agent as they are on disk now. */
export interface Credentials {
  readonly tls: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** SHA-256 of each token; the tokens themselves are not kept. */
  readonly tokens: readonly {
    readonly name: string;
    readonly hash: Buffer;
    readonly rights: Rights;
  }[];
  /** By the common name of a client certificate. */
  readonly clients: ReadonlyMap<string, Rights>;
  /** Of ServiceAccounts, by `namespace/name`; the first that fits counts. Their verbs are RBAC's. */
  readonly accounts: readonly {
    readonly name: string;
    readonly pools: readonly string[];
    readonly owners: readonly string[];
    readonly quota?: Quota | undefined;
  }[];
}

/** Files whose change means new credentials. */
export function credentialFiles(config: AgentConfig): string[] {
  const { certFile, keyFile, clientCaFile } = config.tls;
  const tokens = config.tokens.flatMap((token) => token.file ?? []);
  return [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile]), ...tokens];
}

/**
 * Reads everything that the configuration names.
 *
 * @throws NetloomError NL_CONFIG_INVALID, all at once
 */
export function readCredentials(config: AgentConfig): Credentials {
  const problems: Problem[] = [];
  const read = (key: string, file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      problems.push(unreadable(key, file, error));
      return '';
    }
  };
  const cert = read('tls.certFile', config.tls.certFile);
  const key = read('tls.keyFile', config.tls.keyFile);
  const { clientCaFile } = config.tls;
  const ca = clientCaFile === undefined ? undefined : read('tls.clientCaFile', clientCaFile);
  const tokens = config.tokens.map((token, index) => {
    const at = `tokens[${index}].file`;
    const text = token.file === undefined ? undefined : read(at, token.file).trim();
    if (text === '' && problems.length === 0) problems.push(emptyToken(at, token.file ?? ''));
    const digest = text === undefined ? Buffer.from(token.sha256 ?? '', 'hex') : hashToken(text);
    return { name: token.name, hash: digest, rights: rightsOf(token) };
  });
  if (problems.length === 0) problems.push(...checkTls(config, cert, key, ca));
  if (problems.length > 0) throw new NetloomError(problems);
  return {
    tls: { cert, key, ...(ca === undefined ? {} : { ca }) },
    tokens,
    clients: new Map(config.clients.map((client) => [client.name, rightsOf(client)])),
    accounts: config.kubernetes?.accounts ?? [],
  };
}

/** What is kept and compared instead of a token. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function rightsOf({ verbs, pools, owners, quota }: Rights): Rights {
  return { verbs, pools, owners, ...(quota === undefined ? {} : { quota }) };
}

/** A certificate and a key that do not belong together are what a rotation looks like half-way. */
function checkTls(
  config: AgentConfig,
  cert: string,
  key: string,
  ca: string | undefined,
): Problem[] {
  const { certFile, keyFile, clientCaFile } = config.tls;
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = (error as Error).message;
    return [unfit('tls.certFile', `${certFile} and ${keyFile} do not go together (${why})`)];
  }
  try {
    if (ca !== undefined) new X509Certificate(ca);
  } catch {
    return [unfit('tls.clientCaFile', `${clientCaFile} holds no certificate`)];
  }
  return [];
}

function unfit(key: string, found: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key,
    found,
    allowed: 'PEM files: a certificate, its private key, and a CA certificate',
    fix: 'netloom-agent cert makes them',
  };
}

function emptyToken(key: string, file: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key,
    found: `${file} is empty`,
    allowed: 'a file with a token',
    fix: 'netloom-agent token makes one',
  };
}
