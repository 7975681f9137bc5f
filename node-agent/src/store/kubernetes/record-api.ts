import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client';
import { recordUnreadable, storeForbidden } from './api-problems';
import { PLURALS, RECORDS_API, type RecordKind, type Stored } from './records';

const PAGE = 500;

/**
 * Takes out who wrote which field, a third of a record: they are all an agent's.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#clearing-managedfields
 */
const NO_FIELD_OWNERS = [{}] as const;

/** One kind of record in the store's namespace: every write names the version that it knows. */
export class RecordApi<Spec extends object> {
  readonly path: string;

  constructor(
    private readonly client: ApiClient,
    private readonly kind: RecordKind,
    namespace: string,
  ) {
    this.path = `/apis/${RECORDS_API}/namespaces/${namespace}/${PLURALS[kind]}`;
  }

  /** As it is now, agreed upon by etcd; undefined only when the API server says that there is none. */
  async get(name: string): Promise<Stored<Spec> | undefined> {
    const { status, body } = await this.client.request('GET', `${this.path}/${name}`);
    if (status === 404 && isStatus(body)) return undefined;
    if (status === 404) throw notThere(this.path, body);
    return this.checked(name, body);
  }

  /** Undefined when there is one of that name already. */
  async create(
    name: string,
    spec: Spec,
    labels?: Record<string, string>,
  ): Promise<Stored<Spec> | undefined> {
    const object = {
      apiVersion: RECORDS_API,
      kind: this.kind,
      metadata: { name, ...(labels && { labels }) },
      spec,
    };
    const { status, body, isRepeated } = await this.client.request('POST', this.path, object);
    if (status === 409) return isRepeated ? this.ownOf(name, spec) : undefined;
    if (status === 404) throw notThere(this.path, body);
    return this.checked(name, body);
  }

  /** Undefined when it is not the one that is known any more. */
  async replace(known: Stored<Spec>, spec: Spec): Promise<Stored<Spec> | undefined> {
    const { name } = known.metadata;
    const metadata = { ...known.metadata, managedFields: NO_FIELD_OWNERS };
    const object = { apiVersion: RECORDS_API, kind: this.kind, metadata, spec };
    const path = `${this.path}/${name}`;
    const { status, body, isRepeated } = await this.client.request('PUT', path, object);
    if (status === 409 || status === 404) return isRepeated ? this.ownOf(name, spec) : undefined;
    return this.checked(name, body);
  }

  /** False when it is not the one that is known any more, or gone. */
  async remove({ metadata }: Pick<Stored<Spec>, 'metadata'>): Promise<boolean> {
    const { name, uid, resourceVersion } = metadata;
    const options = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, resourceVersion },
    };
    const { status } = await this.client.request('DELETE', `${this.path}/${name}`, options);
    return status < 300;
  }

  /**
   * All of them, page by page, of one moment.
   *
   * @param onPage called with each page, so that they need not be in memory together
   * @returns the version that a watch goes on from
   */
  async list(onPage: (page: Stored<Spec>[]) => void, labelSelector = ''): Promise<string> {
    for (;;) {
      let next = '';
      let version = '';
      do {
        const query = new URLSearchParams({ limit: String(PAGE), continue: next, labelSelector });
        const path = `${this.path}?${query}`;
        const { status, body } = await this.client.request('GET', path);
        // The pages took so long that their moment is forgotten: from the beginning.
        if (status === 410) break;
        if (status === 404) throw notThere(path, body);
        if (!Array.isArray(body.items)) throw recordUnreadable(this.kind, 'list', `${status}`);
        onPage(body.items.map((item: Stored<Spec>) => this.checked(item.metadata.name, item)));
        next = body.metadata?.continue ?? '';
        version = body.metadata?.resourceVersion ?? '';
      } while (next !== '');
      if (version !== '' && next === '') return version;
    }
  }

  /** After a write that nobody knows the end of: whether it was this one that arrived. */
  private async ownOf(name: string, spec: Spec): Promise<Stored<Spec> | undefined> {
    const there = await this.get(name);
    return there && markOf(there.spec) === markOf(spec) ? there : undefined;
  }

  private checked(name: string, body: unknown): Stored<Spec> {
    const { metadata, spec } = body as Partial<Stored<Spec>>;
    if (metadata?.resourceVersion === undefined || metadata.uid === undefined || !spec) {
      throw recordUnreadable(this.kind, name, 'the answer is no such record');
    }
    const { uid, resourceVersion, labels } = metadata;
    return { metadata: { name, uid, resourceVersion, ...(labels && { labels }) }, spec };
  }
}

/** What a sender tells its own write by. */
export function newStamp(): string {
  return randomUUID();
}

function markOf(spec: object): unknown {
  const { stamp, grant } = spec as { stamp?: string; grant?: string };
  return stamp ?? grant;
}

/** The kind is not known to the cluster, or the namespace is not there. */
function notThere(path: string, body: unknown): Error {
  const { message } = body as { message?: string };
  return storeForbidden(path, 404, message ?? 'no such kind');
}

/** A 404 of the API server itself, not of something in between. */
function isStatus(body: unknown): boolean {
  return (body as { kind?: string })?.kind === 'Status';
}
