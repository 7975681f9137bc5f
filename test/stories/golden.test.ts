import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkObjects, severityOf } from 'netloom';
import { parseAllDocuments } from 'yaml';
import { exampleNames } from '../support/api-server-examples';
import { ROOT } from '../support/story';

const GOLDEN = path.join(__dirname, '../golden');
const BIN = path.join(ROOT, 'node_modules/.bin');

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

const EXAMPLES = exampleNames();

/** Renewed by `npm run golden` only, and read in review. */
test.each(EXAMPLES)(
  'the example %s synthesizes what stands in test/golden',
  async (example) => {
    const out = mkdtempSync(path.join(tmpdir(), 'netloom-golden-'));
    try {
      const env = {
        ...process.env,
        PATH: `${BIN}:${process.env.PATH}`,
        CDK8S_CHECK_UPGRADE: 'false',
      };
      // What its README says: in its folder, by its cdk8s.yaml.
      const cwd = path.join(ROOT, 'examples', example);
      await promisify(execFile)(path.join(BIN, 'cdk8s'), ['synth', '--output', out], { cwd, env });
      const folder = path.join(GOLDEN, example);
      if (process.env.NETLOOM_GOLDEN === '1') {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        for (const [name, text] of Object.entries(filesOf(out))) {
          mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
          writeFileSync(path.join(folder, name), text);
        }
      }
      expect(filesOf(out)).toEqual(filesOf(folder));
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  },
  60_000,
);

test.each(EXAMPLES)('netloom check has nothing against the example %s', (example) => {
  const objects = Object.values(filesOf(path.join(GOLDEN, example)))
    .flatMap((text) => parseAllDocuments(text))
    .map((document): unknown => document.toJS());
  const findings = checkObjects(objects, { nodes: 1 });
  expect(findings.filter(({ problem }) => severityOf(problem.code) === 'error')).toEqual([]);
});
