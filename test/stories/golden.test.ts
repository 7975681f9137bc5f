import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/story';

const GOLDEN = path.join(__dirname, '../golden');
const BIN = path.join(ROOT, 'node_modules/.bin');

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

/** Renewed by `npm run golden` only, and read in review. */
test('the MicroShift example synthesizes what stands in test/golden/microshift', async () => {
  const out = mkdtempSync(path.join(tmpdir(), 'netloom-golden-'));
  try {
    const env = {
      ...process.env,
      PATH: `${BIN}:${process.env.PATH}`,
      CDK8S_CHECK_UPGRADE: 'false',
    };
    await promisify(execFile)(path.join(BIN, 'cdk8s'), ['synth', '--output', out], {
      cwd: ROOT,
      env,
    });
    const folder = path.join(GOLDEN, 'microshift');
    if (process.env.NETLOOM_GOLDEN === '1') {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries(filesOf(out))) {
        writeFileSync(path.join(folder, name), text);
      }
    }
    expect(filesOf(out)).toEqual(filesOf(folder));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 60_000);
