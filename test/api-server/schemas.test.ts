import { readFileSync } from 'node:fs';
import { SCHEMA_RELEASES, schemaFile, schemaSkipReason } from '../../scripts/api-server-parts';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { exampleNames, exampleObjects } from '../support/api-server-examples';
import { KubernetesSchemas, type Schema } from '../support/api-server-schema';
import { describeUnless } from '../support/network-suite';

/** Kinds that came later than the oldest release, and the first minor release that has each. */
const SINCE: Readonly<Record<string, number>> = {
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': 30,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': 30,
};

/** Groups of Kubernetes itself; others are their owners' to describe. */
const OWN_GROUP = /^(v1|(apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)\/v1)$/;
const FOREIGN_GROUP = /^(k8s\.cni\.cncf\.io|k8s\.ovn\.org)\//;

const examples = exampleNames().map((name) => ({ name, objects: exampleObjects(name) }));

function isOwn({ apiVersion }: KubernetesObject): boolean {
  return OWN_GROUP.test(apiVersion) && !FOREIGN_GROUP.test(apiVersion);
}

function readSchemas(release: string): KubernetesSchemas {
  return new KubernetesSchemas(JSON.parse(readFileSync(schemaFile(release), 'utf8')));
}

function problemsOf(objects: readonly KubernetesObject[], schemas: KubernetesSchemas): string[] {
  return objects.flatMap((object) =>
    schemas.problems(object).map((text) => `${object.kind} ${object.metadata.name}${text}`),
  );
}

test('there is something to hold against schemas', () => {
  const kinds = examples.flatMap(({ objects }) => objects.filter(isOwn).map(({ kind }) => kind));
  expect(kinds).toEqual(expect.arrayContaining(['CustomResourceDefinition', 'DaemonSet', 'Pod']));
});

describe.each(SCHEMA_RELEASES)('valid for Kubernetes %s', (release) => {
  describeUnless(schemaSkipReason(release), 'is', () => {
    test.each(examples)('the output of the example $name', ({ objects }) => {
      const schemas = readSchemas(release);
      const minor = Number(release.split('.')[1]);
      const isThere = ({ apiVersion, kind }: KubernetesObject) =>
        minor >= (SINCE[`${apiVersion} ${kind}`] ?? 0);
      const own = objects.filter(isOwn).filter(isThere);
      expect(problemsOf(own, schemas)).toEqual([]);
    });
  });
});

describeUnless(schemaSkipReason('v1.28.15'), 'held against the schemas of 1.28,', () => {
  const pod = (container: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [container] },
  });

  test.each([
    {
      name: 'an unknown key',
      container: { name: 'a', tty: true, mounts: [] },
      want: ['.spec.containers[0].mounts: is unknown'],
    },
    {
      name: 'a missing key',
      container: { image: 'b' },
      want: ['.spec.containers[0].name: is missing'],
    },
    {
      name: 'a number for a text',
      container: { name: 'a', env: [{ name: 'B', value: 1 }] },
      want: ['.spec.containers[0].env[0].value: 1 is not of type string'],
    },
    {
      name: 'a quantity as text or number, a port as number or name, a probe',
      container: {
        name: 'a',
        resources: { limits: { cpu: 1, memory: '1Gi' } },
        livenessProbe: { httpGet: { port: 'web' } },
        readinessProbe: { tcpSocket: { port: 80 } },
      },
      want: [],
    },
  ])('$name', ({ container, want }) => {
    expect(readSchemas('v1.28.15').problems(pod(container))).toEqual(want);
  });

  test('a kind that this release has only as beta', () => {
    const policy = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'a' } };
    expect(
      readSchemas('v1.28.15').problems({ ...policy, kind: 'ValidatingAdmissionPolicy' }),
    ).toEqual(['admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy is unknown']);
  });
});

describeUnless(apiServerSkipReason(), "valid for the API server's own document", () => {
  let server: ApiServer;
  let schemas: KubernetesSchemas;

  beforeAll(async () => {
    server = await ApiServer.start();
    const { paths } = (await server.client.request('GET', '/openapi/v3')).body;
    const all: Record<string, Schema> = {};
    for (const { serverRelativeURL } of Object.values<any>(paths)) {
      const { body } = await server.client.request('GET', serverRelativeURL);
      Object.assign(all, body.components?.schemas);
    }
    schemas = new KubernetesSchemas(all);
  }, 120_000);

  afterAll(() => server?.stop());

  test.each(examples)('is the output of the example $name', ({ objects }) => {
    expect(problemsOf(objects.filter(isOwn), schemas)).toEqual([]);
  });
});
