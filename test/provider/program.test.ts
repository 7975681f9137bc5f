import path from 'node:path';
import { type EngineResult, runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

const PROGRAMS = path.join(__dirname, 'programs');

/** No agent is there: what is wrong has to be told without one. */
const config = { 'netloom:agents': '{"edge-1":"https://127.0.0.1:1"}' };

function run(
  program: string,
  mode: 'preview' | 'up',
  more: Record<string, string> = {},
): Promise<EngineResult> {
  const file = path.join(PROGRAMS, program);
  return runPulumiProgram({
    program: file,
    cwd: ROOT,
    mode,
    config: { ...config, ...more },
    state: [],
  });
}

describe('a program that is wrong in many ways', () => {
  test.each(['preview', 'up'] as const)(
    '%s tells them all in one run, and makes nothing',
    async (mode) => {
      const { ok, errors, operations, state } = await run('wrong.ts', mode);
      expect(ok).toBe(false);
      const found = errors.join('\n');
      const wanted = [
        /bridge: "br-test-sixteen-" is 16 bytes long.*NL_IFNAME_TOO_LONG/,
        /addresses\[0\]: "10\.10\.0\.30\/24" lies in .* network "lan" gives to pods.*NL_HOST_ADDRESS_IN_POOL/,
        /ipam\.ranges\[0\]\.gateway: "10\.12\.0\.254" is not in 10\.11\.0\.0\/24.*Fix: 10\.11\.0\.254\?.*NL_GATEWAY_OUTSIDE_SUBNET/,
        /ipam\.ranges\[0\]\.subnet: "10\.13\.0\.5\/24" has host bits set.*Fix: 10\.13\.0\.0\/24\?.*NL_HOST_BITS/,
        /\[two\] address: "10\.10\.0\.100" .* is claimed by "one" already.*NL_ADDRESS_NOT_FREE/,
        /\[outside\] address: "10\.10\.0\.99" is not in the claimable part.*NL_CLAIM_OUTSIDE_CLAIMABLE/,
        /attachments\[1\]\.interface: "lan1" is used twice in this pod.*NL_INTERFACE_TWICE/,
      ];
      for (const pattern of wanted) expect(found).toMatch(pattern);
      expect(found.match(/NL_[A-Z_]+/g)).toHaveLength(wanted.length);
      expect(operations).toEqual([]);
      expect(state.filter((resource) => resource.type.includes('netloom:'))).toEqual([]);
    },
    60_000,
  );
});

test('without an agent a preview goes on, says so, and knows no address', async () => {
  const { ok, notes, outputs } = await run('claims.ts', 'preview', {
    'netloom-microshift:addresses': '["10.31.0.1/24"]',
  });
  expect(ok).toBe(true);
  expect(notes).toMatch(/"edge-1" .* did not answer .*\n.*the agent is asked again/);
  expect(outputs).not.toHaveProperty('address');
}, 60_000);

test('a warning is told, and stops nothing', async () => {
  const { ok, errors, warnings, outputs } = await run('odd.ts', 'preview');
  expect({ ok, errors, outputs }).toMatchObject({ ok: true, errors: [], outputs: { name: 'lan' } });
  expect(warnings).toEqual([
    expect.stringMatching(/ipam\.routes\[0\].*\(NL_DEFAULT_ROUTE_TAKEN\)$/),
  ]);
}, 60_000);
