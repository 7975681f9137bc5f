import { Agent, type Dispatcher, request } from 'undici';

/** A Kubernetes object, as it is written. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly [member: string]: any;
  };
  readonly [member: string]: any;
}

export interface ApiReply {
  readonly status: number;
  /** Text where it is no JSON. */
  readonly body: any;
  /** Those of admission and of removed API versions. */
  readonly warnings: readonly string[];
}

/** What somebody wants to do, as a SubjectAccessReview has it. */
export interface AccessRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const APPLY = 'application/apply-patch+yaml';
const WAIT_MS = 10_000;

/** Talks to a real API server; errors hold what it said. */
export class ApiClient {
  private readonly agent: Agent;
  private readonly resources = new Map<string, { path: string; isNamespaced: boolean }>();

  constructor(private readonly server: { url: string; ca: string; token: string }) {
    this.agent = new Agent({ connect: { ca: server.ca } });
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** Any request; never throws for a status. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    type?: string,
    /** Who the server takes this for; the client itself may be anybody. */
    as?: string,
  ): Promise<ApiReply> {
    const reply = await request(`${this.server.url}${path}`, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.agent,
      headers: {
        authorization: `Bearer ${this.server.token}`,
        accept: 'application/json',
        'content-type': type ?? 'application/json',
        ...(as === undefined ? {} : { 'impersonate-user': as }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await reply.body.text();
    // Its OpenAPI documents come as text/plain.
    const isJson = text.startsWith('{');
    const warnings = [reply.headers['warning'] ?? []].flat();
    return { status: reply.statusCode, body: isJson ? JSON.parse(text) : text, warnings };
  }

  /** Server-side apply with strict decoding: what the schema does not know is an error. */
  async apply(object: KubernetesObject): Promise<KubernetesObject> {
    const query = 'fieldManager=netloom-test&force=true&fieldValidation=Strict';
    const path = await this.pathOf(object);
    return must(object, await this.request('PATCH', `${path}?${query}`, object, APPLY));
  }

  /** Makes an object as somebody else does; one that is there already stays as it is. */
  async create(object: KubernetesObject): Promise<void> {
    const path = (await this.pathOf(object)).replace(/\/[^/]+$/, '');
    const reply = await this.request('POST', `${path}?fieldManager=somebody-else`, object);
    if (reply.status !== 409) must(object, reply);
  }

  /** The object as the server has it; undefined where it has none. */
  async read(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    const reply = await this.request('GET', await this.pathOf(object));
    return reply.status === 404 ? undefined : must(object, reply);
  }

  /** Removes an object and waits until it is gone; one that is not there is fine. */
  async remove(object: KubernetesObject): Promise<void> {
    const path = await this.pathOf(object);
    const reply = await this.request('DELETE', path, { gracePeriodSeconds: 0 });
    if (reply.status !== 404) must(object, reply);
    await until(async () => (await this.request('GET', path)).status === 404, `${path} to be gone`);
    if (object.kind === 'CustomResourceDefinition') this.resources.clear();
  }

  /** Applies a CustomResourceDefinition and waits until its kinds can be used. */
  async establish(crd: KubernetesObject): Promise<void> {
    await this.apply(crd);
    const { group, versions } = crd['spec'];
    const isEstablished = async () => {
      const conditions: any[] = (await this.read(crd))?.['status']?.conditions ?? [];
      return conditions.some((one) => one.type === 'Established' && one.status === 'True');
    };
    await until(isEstablished, `${crd.metadata.name} to be established`);
    for (const { name, served } of versions) {
      if (!served) continue;
      const { kind } = crd['spec'].names;
      const isServed = async () => {
        const { body } = await this.request('GET', `/apis/${group}/${name}`);
        return (body.resources ?? []).some((one: any) => one.kind === kind);
      };
      await until(isServed, `${group}/${name} ${kind} to be served`);
    }
  }

  /** Whether RBAC lets somebody do something. */
  async isAllowed(user: string, groups: readonly string[], access: AccessRequest) {
    const spec = { user, groups, resourceAttributes: access };
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const reply = await this.request('POST', path, review);
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
    return reply.body.status.allowed === true;
  }

  private async pathOf({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
    const { path, isNamespaced } = await this.resourceOf(apiVersion, kind);
    if (!isNamespaced && metadata.namespace !== undefined) {
      throw new Error(`${kind} ${metadata.name} belongs to the cluster and names a namespace`);
    }
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = isNamespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base}${place}/${path}/${metadata.name}`;
  }

  private async resourceOf(apiVersion: string, kind: string) {
    const key = `${apiVersion} ${kind}`;
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    if (!this.resources.has(key)) {
      const { body } = await this.request('GET', base);
      const found = (body.resources ?? []).find(
        (one: any) => one.kind === kind && !one.name.includes('/'),
      );
      if (!found) throw new Error(`the API server knows no ${key}`);
      this.resources.set(key, { path: found.name, isNamespaced: found.namespaced });
    }
    return this.resources.get(key) as { path: string; isNamespaced: boolean };
  }
}

function must(object: KubernetesObject, reply: ApiReply): KubernetesObject {
  if (reply.status < 300) return reply.body;
  const { message = reply.body } = reply.body;
  throw new Error(`${object.kind} ${object.metadata.name}: ${reply.status} ${message}`);
}

/** Asks again and again. @throws Error when it is not so for too long */
export async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
