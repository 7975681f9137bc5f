import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodePath } from '../../scripts/tools';
import { buildCli, environment, PROGRAM } from './support/cli';

/** A tenth of what a user would see: machines that run tests are busy with others. */
const SECONDS = 50;
const MEGABYTES = 300;

const PAIRS = 5_000;

const pair = (n: number): string => `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata:
  name: net-${n}
  namespace: ns-${n % 50}
  labels:
    app.kubernetes.io/name: net
spec:
  config: |-
    {
      "cniVersion": "0.4.0",
      "name": "net-${n}",
      "type": "bridge",
      "bridge": "br0",
      "ipam": {
        "type": "host-local",
        "ranges": [
          [{ "subnet": "10.${n >> 8}.${n & 255}.0/24", "gateway": "10.${n >> 8}.${n & 255}.1" }]
        ],
        "routes": [{ "dst": "192.168.0.0/16" }]
      }
    }
---
apiVersion: v1
kind: Pod
metadata:
  name: pod-${n}
  namespace: ns-${n % 50}
  labels:
    app: web
    tier: frontend
  annotations:
    k8s.v1.cni.cncf.io/networks: '[{"name":"net-${n}","interface":"net1"}]'
spec:
  containers:
    - name: main
      image: registry.example.org/app/web:1.2.3
      command: ["/bin/sh", "-c", "sleep infinity"]
      env:
        - name: IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
      resources:
        limits: { cpu: 100m, memory: 128Mi }
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      emptyDir: {}
`;

const documents = Array.from({ length: PAIRS }, (_, n) => pair(n));
const items = documents
  .flatMap((text) => text.split('---\n'))
  .map((text) => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`);

let folder: string;

beforeAll(() => {
  buildCli();
  folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-speed-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TELL_MEMORY = `process.on('exit', () => {
  console.error(Math.round(process.resourceUsage().maxRSS / 1024));
});`;

test.each([
  { name: 'a stream', text: documents.join('---\n'), findings: 0 },
  { name: 'a list', text: `apiVersion: v1\nitems:\n${items.join('')}kind: List\n`, findings: 0 },
  {
    name: 'a stream with a mistake in every network',
    text: documents.join('---\n').replaceAll('"br0"', '"this-name-is-too-long"'),
    findings: PAIRS,
  },
])(
  '$name of 10,000 objects, in little memory',
  ({ name, text, findings }) => {
    const file = path.join(folder, `${name}.yaml`);
    writeFileSync(file, text);
    const started = Date.now();
    const code = `${TELL_MEMORY} process.argv.splice(1, 0, 'x'); require(${JSON.stringify(PROGRAM)})`;
    const args = ['-e', code, '--', 'check', file, '--format', 'json'];
    const maxBuffer = 64 * 1024 * 1024;
    const env = environment();
    const child = spawnSync(nodePath(), args, { encoding: 'utf8', env, maxBuffer });
    const seconds = (Date.now() - started) / 1000;
    expect(JSON.parse(child.stdout)).toMatchObject({ objects: 2 * PAIRS, errors: findings });
    expect(Number(child.stderr)).toBeLessThan(MEGABYTES);
    expect(seconds).toBeLessThan(SECONDS);
  },
  120_000,
);
