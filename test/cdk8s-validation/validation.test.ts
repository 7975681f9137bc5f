import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NetloomValidation, type Violation } from 'netloom/cdk8s-validation';

const ROOT = path.join(__dirname, '../..');
const BIN = path.join(ROOT, 'node_modules/.bin');

const lan = (config: object): object => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'lan', namespace: 'apps' },
  spec: { config: JSON.stringify({ cniVersion: '0.4.0', name: 'lan', ...config }) },
});

const RIGHT = lan({ type: 'macvlan', master: 'eth1', ipam: { type: 'dhcp' } });
const WRONG = lan({ type: 'macvlan', master: 'eth1', mode: 'Bridge', ipam: { type: 'dhcp' } });
const ODD = lan({ type: 'macvlan', master: 'eth1', bridge: 'br0', ipam: { type: 'dhcp' } });

interface Report {
  readonly violations: Violation[];
  readonly status: string | undefined;
  readonly metadata: Record<string, string> | undefined;
}

async function validate(objects: object[], properties = {}): Promise<Report> {
  const violations: Violation[] = [];
  let submitted: [string, Record<string, string> | undefined] | undefined;
  await new NetloomValidation(properties).validate({
    manifests: ['dist/a.yaml', 'dist/b.yaml'],
    parseManifest: (file) => (file === 'dist/a.yaml' ? objects : []),
    report: {
      addViolation: (violation) => violations.push(violation),
      submit: (status, metadata) => {
        submitted = [status, metadata];
      },
    },
  });
  return { violations, status: submitted?.[0], metadata: submitted?.[1] };
}

describe('the plugin by itself', () => {
  test('nothing wrong is a success', async () => {
    expect(await validate([RIGHT])).toEqual({
      violations: [],
      status: 'success',
      metadata: { Errors: '0', Warnings: '0' },
    });
  });

  test('an error names the rule, the object, the key and the fix', async () => {
    const { violations, status, metadata } = await validate([RIGHT, WRONG]);
    const [violation] = violations.filter(({ ruleName }) => ruleName.includes('OUT_OF_RANGE'));
    expect(status).toBe('failure');
    expect(Number(metadata?.['Errors'])).toBeGreaterThan(0);
    expect(violation).toEqual({
      ruleName: 'NL_VALUE_OUT_OF_RANGE (error)',
      recommendation: '"Bridge" is not known. Allowed: one of bridge, private, vepa, passthru.',
      fix: 'bridge?',
      violatingResources: [
        { resourceName: 'lan', locations: ['spec.config: mode'], manifestPath: 'dist/a.yaml' },
      ],
    });
  });

  test('a warning is told and does not fail, unless it is to be strict', async () => {
    const told = await validate([ODD]);
    expect(told.status).toBe('success');
    expect(told.violations.map(({ ruleName }) => ruleName)).toContain('NL_KEY_FOREIGN (warning)');
    const strict = await validate([ODD], { strict: true });
    expect(strict.status).toBe('failure');
    expect(strict.violations.map(({ ruleName }) => ruleName)).toContain('NL_KEY_FOREIGN (error)');
  });

  test('a platform supports less, and an unknown one is refused', async () => {
    const { violations } = await validate(
      [lan({ type: 'macvlan', ipam: { type: 'whereabouts', range: '10.0.0.0/24' } })],
      { platform: 'microshift' },
    );
    expect(violations.map(({ ruleName }) => ruleName)).toContain('NL_PLATFORM_UNSUPPORTED (error)');
    expect(() => new NetloomValidation({ platform: 'dos' as 'kubernetes' })).toThrow(
      /platform: "dos" is not known\. Allowed: one of kubernetes, k3s, rke2, microshift,/,
    );
  });

  test('objects without a name are told of as well', async () => {
    const nameless = { ...(WRONG as { spec: object }), metadata: null };
    const { violations } = await validate([nameless]);
    expect(violations[0]?.violatingResources[0]?.resourceName).toBe('(without name)');
  });
});

describe('with the real cdk8s CLI', () => {
  let folder: string;

  beforeEach(() => {
    const cache = path.join(ROOT, '.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(path.join(cache, 'validation-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function synth(object: object): { status: number | null; output: string; report: any } {
    const app = `const { App, Chart, ApiObject } = require('cdk8s');
      const app = new App();
      new ApiObject(new Chart(app, 'apps'), 'lan', ${JSON.stringify(object)});
      app.synth();`;
    writeFileSync(path.join(folder, 'main.js'), app);
    const config = {
      app: 'node main.js',
      validations: [
        {
          package: path.join(ROOT, 'lib/cdk8s-validation'),
          version: '0.1.0',
          class: 'NetloomValidation',
          properties: { targetVersions: { plugins: '1.1.1' } },
        },
      ],
    };
    writeFileSync(path.join(folder, 'cdk8s.yaml'), JSON.stringify(config));
    const env = {
      ...process.env,
      PATH: `${BIN}:${process.env['PATH']}`,
      CDK8S_CHECK_UPGRADE: 'false',
    };
    const args = ['synth', '--validate', '--validation-reports-output-file', 'report.json'];
    const child = spawnSync(path.join(BIN, 'cdk8s'), args, { cwd: folder, env, encoding: 'utf8' });
    const file = path.join(folder, 'report.json');
    return {
      status: child.status,
      output: child.stdout + child.stderr,
      report: JSON.parse(readFileSync(file, 'utf8')),
    };
  }

  test('a right network passes', () => {
    const { status, output } = synth(RIGHT);
    expect({ status, output }).toMatchObject({ status: 0 });
  }, 60_000);

  test('a wrong one fails, with its construct', () => {
    const { status, output, report } = synth(WRONG);
    expect(status).not.toBe(0);
    expect(output).toContain('NL_VALUE_OUT_OF_RANGE (error)');
    expect(JSON.stringify(report)).toContain('"constructPath":"apps/lan"');
  }, 60_000);
});
