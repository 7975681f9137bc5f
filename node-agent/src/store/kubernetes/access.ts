import { readFileSync } from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';
import { parse } from 'yaml';

/** How the agent reaches the API server, and who it is there. */
export interface ApiAccess {
  /** E.g. `https://10.96.0.1:443`. */
  readonly server: string;
  /** Read again and again: certificates are renewed while the agent runs. */
  tls(): { ca?: string | undefined; cert?: string | undefined; key?: string | undefined };
  /** Asked for each request: the kubelet renews the token. Undefined with a client certificate. */
  token(): string | undefined;
}

/** CA and token as files, as every pod has them. */
export function accessByFiles(server: string, caFile: string, tokenFile: string): ApiAccess {
  const token = keptFor(TOKEN_MS, () => readNamed('kubernetes.tokenFile', tokenFile).trim());
  return { server, tls: () => ({ ca: readNamed('kubernetes.caFile', caFile) }), token };
}

/**
 * The current context of a kubeconfig file.
 *
 * @throws NetloomError NL_CONFIG_INVALID: unreadable, incomplete, or with a program that makes
 * credentials: an agent runs none
 */
export function accessByKubeconfig(file: string): ApiAccess {
  const config = parse(readNamed('store.kubeconfig', file)) as Kubeconfig;
  const named = <T>(list: readonly ({ name: string } & T)[] | undefined, name: string): T => {
    const found = list?.find((one) => one.name === name);
    if (!found) throw wrong(file, `it has no entry "${name}"`);
    return found;
  };
  const { context } = named(config.contexts, config['current-context'] ?? '');
  const { cluster } = named(config.clusters, context.cluster);
  const { user } = named(config.users, context.user);
  if (user.exec !== undefined || user['auth-provider'] !== undefined) {
    throw wrong(file, `user "${context.user}" gets its credentials from a program`);
  }
  if (!cluster.server?.startsWith('https://')) throw wrong(file, 'its server is no https URL');
  const folder = path.dirname(path.resolve(file));
  const part = (holder: Record<string, unknown>, key: string): string | undefined => {
    const inline = holder[`${key}-data`];
    if (typeof inline === 'string') return Buffer.from(inline, 'base64').toString('utf8');
    const name = holder[key];
    return typeof name === 'string' ? readNamed(key, path.resolve(folder, name)) : undefined;
  };
  const { token, tokenFile } = user;
  return {
    server: cluster.server.replace(/\/$/, ''),
    tls: () => ({
      ca: part(cluster, 'certificate-authority'),
      cert: part(user, 'client-certificate'),
      key: part(user, 'client-key'),
    }),
    token:
      tokenFile === undefined
        ? () => token
        : keptFor(TOKEN_MS, () => readNamed('tokenFile', path.resolve(folder, tokenFile)).trim()),
  };
}

/** A token is read again after this time; the kubelet renews it long before it ends. */
const TOKEN_MS = 10_000;

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: { name: string; context: { cluster: string; user: string } }[];
  readonly clusters?: { name: string; cluster: Record<string, unknown> & { server?: string } }[];
  readonly users?: {
    name: string;
    user: Record<string, unknown> & { token?: string; tokenFile?: string };
  }[];
}

function keptFor<T>(ms: number, read: () => T): () => T {
  let kept: { value: T; until: number } | undefined;
  return () => {
    if (!kept || kept.until <= Date.now()) kept = { value: read(), until: Date.now() + ms };
    return kept.value;
  };
}

function readNamed(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong(file, (error as NodeJS.ErrnoException).code ?? 'unknown error', key);
  }
}

function wrong(file: string, why: string, key = 'store.kubeconfig'): NetloomError {
  return new NetloomError({
    code: 'NL_CONFIG_INVALID',
    key,
    found: `${file} can't be used: ${why}`,
    allowed: 'a file with server, CA, and a token or a client certificate',
    fix: 'write one for a ServiceAccount of the agent, or run the agent in a pod',
  });
}
