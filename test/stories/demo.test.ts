import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeOnKernel } from '../support/network-suite';

const DEMO = path.resolve('scripts/demo.js');
const [, PICTURE = 'no picture'] =
  /```text\n( {2}host\n.*?)```/s.exec(readFileSync('README.md', 'utf8')) ?? [];

describeOnKernel('npm run demo', () => {
  test('every step holds, and the picture shows what the README shows', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO], {
      encoding: 'utf8',
      timeout: 240_000,
    });

    expect(stderr).toBe('');
    expect(stdout).toContain('Every step held.');
    expect(stdout).toContain(PICTURE);
    expect(status).toBe(0);
  }, 260_000);
});
