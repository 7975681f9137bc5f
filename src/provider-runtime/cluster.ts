import http from 'node:http';
import https from 'node:https';
import { homedir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { NetloomError, type Problem } from '../errors';

/** No answer is this slow unless there is none, in ms. */
const TIMEOUT_MS = 10_000;

/** Looks one setting of the stack up, its key with the namespace: `kubernetes:kubeconfig`. */
export type ConfigLookup = (key: string) => string | undefined;

/** An object of a cluster, as JSON. */
export type ClusterObject = Readonly<Record<string, unknown>>;

/** The API server of the stack's kubeconfig. */
export class Cluster {
  /**
   * Opens the kubeconfig that `netloom:kubeconfig` names or holds, else that of
   * `kubernetes:kubeconfig`, `NETLOOM_KUBECONFIG`, `KUBECONFIG`, `~/.kube/config`, or of the pod that
   * this runs in. Undefined where there is none of them.
   *
   * @throws NetloomError NL_CLUSTER_CONFIG
   */
  static async open(lookup: ConfigLookup): Promise<Cluster | undefined> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    try {
      if (!load(config, lookup)) return undefined;
      const context = lookup('netloom:context') ?? lookup('kubernetes:context');
      if (context !== undefined) config.setCurrentContext(context);
      const cluster = config.getCurrentCluster();
      if (!cluster) throw new Error(`no cluster of context "${config.getCurrentContext()}"`);
      const options: https.RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return new Cluster(cluster.server.replace(/\/$/, ''), config, options);
    } catch (error) {
      throw new NetloomError(badConfig((error as Error).message), { cause: error });
    }
  }

  private constructor(
    readonly server: string,
    /** With the credentials: nothing of it goes into a message. */
    readonly config: KubeConfig,
    private readonly options: https.RequestOptions,
  ) {}

  /** One object; undefined where it is not there. @throws NetloomError NL_CLUSTER_UNREACHABLE */
  async read(place: string): Promise<ClusterObject | undefined> {
    const { status, body } = await this.get(place);
    if (status === 404) return undefined;
    if (status === 200) return body;
    throw new NetloomError(this.failure(place, `${status} ${body['message'] ?? ''}`));
  }

  /** All objects of a list. @throws NetloomError NL_CLUSTER_UNREACHABLE */
  async list(
    place: string,
    selectors: Readonly<Record<string, string>>,
  ): Promise<readonly ClusterObject[]> {
    const query = new URLSearchParams({ limit: '500', ...selectors });
    return ((await this.read(`${place}?${query}`))?.['items'] ?? []) as ClusterObject[];
  }

  private async get(place: string): Promise<{ status: number; body: ClusterObject }> {
    try {
      const { status, content } = await this.request(place);
      return { status, body: bodyOf(content) };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      throw new NetloomError(this.failure(place, code ?? message), { cause: error });
    }
  }

  private request(place: string): Promise<{ status: number; content: string }> {
    const { request } = this.server.startsWith('https:') ? https : http;
    const headers = { ...this.options.headers, accept: 'application/json' };
    const options = { ...this.options, method: 'GET', headers, timeout: TIMEOUT_MS };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server}${place}`, options, (response) => {
        const { statusCode: status = 0 } = response;
        text(response).then((content) => resolve({ status, content }), reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      sent.on('error', reject);
      sent.end();
    });
  }

  private failure(place: string, why: string): Problem {
    return {
      code: 'NL_CLUSTER_UNREACHABLE',
      key: 'netloom:kubeconfig',
      found: `the API server at ${this.server} did not give ${place.split('?')[0]} (${why.trim()})`,
      allowed: 'an API server that answers, and lets pods, events and workloads be read',
      fix: 'see that netloom:kubeconfig (else KUBECONFIG) is of the right cluster and user',
    };
  }
}

/** False where there is nothing to load. */
function load(config: KubeConfig, lookup: ConfigLookup): boolean {
  const given =
    lookup('netloom:kubeconfig') ??
    process.env['NETLOOM_KUBECONFIG'] ??
    lookup('kubernetes:kubeconfig');
  if (given !== undefined && given !== '') {
    // The Kubernetes provider takes the text itself, too.
    if (/[\n{]/.test(given)) config.loadFromString(given);
    else config.loadFromFile(given.replace(/^~(?=\/)/, homedir()));
    return true;
  }
  config.loadFromDefault();
  // What it makes up where nothing is found.
  return config.getCurrentCluster()?.server !== 'http://localhost:8080';
}

function badConfig(why: string): Problem {
  return {
    code: 'NL_CLUSTER_CONFIG',
    key: 'netloom:kubeconfig',
    // Never more than the name: the text may hold credentials.
    found: `the kubeconfig can't be used (${why.split('\n')[0]?.slice(0, 200)})`,
    allowed: 'a kubeconfig, by file name or as text',
    fix: `pulumi config set netloom:kubeconfig ${path.join('~', '.kube', 'config')}`,
  };
}

function bodyOf(content: string): ClusterObject {
  try {
    return Object(JSON.parse(content));
  } catch {
    return { message: content.replaceAll(/\s+/g, ' ').slice(0, 200) };
  }
}
