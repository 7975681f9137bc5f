import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AgentProcess } from '../support/agent';
import { describeUnless, kernelSkipReason } from '../support/network-suite';
import { PulumiStack, pulumiSkipReason } from '../support/pulumi-cli';

const MINUTES = 60_000;
const CLAIMS = 20;

const PROGRAM = `
  import * as netloom from 'netloom/provider';
  const pool = new netloom.AddressPool('vips', { subnet: '10.30.0.0/24' });
  for (let i = 0; i < ${CLAIMS}; i++) new netloom.AddressClaim('claim-' + i, { pool });
`;

describeUnless(pulumiSkipReason() ?? kernelSkipReason(), 'a killed pulumi up', () => {
  let folder: string;
  let agent: AgentProcess;
  let stack: PulumiStack;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-agent-'));
    agent = new AgentProcess({ dir: folder, name: 'edge-1' });
    agent.init();
    await agent.start();
    stack = new PulumiStack(PROGRAM);
    await stack.init(agent.pulumiConfig);
  }, 2 * MINUTES);

  afterAll(async () => {
    await agent?.stop();
    stack?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function claimed(): Promise<string[]> {
    const claims = await agent.client().claims('vips');
    return claims.filter(({ state }) => state === 'claimed').map(({ owner }) => owner);
  }

  /** Ends `pulumi up` once the agent has made so many claims. */
  async function killAt(count: number): Promise<void> {
    const running = stack.start('up', '--yes', '--skip-preview');
    while ((await claimed()).length < count) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await running.crash();
  }

  test(
    'run again it takes back what had been made, and makes no second copy',
    async () => {
      for (const count of [1, 5, 12]) await killAt(count);
      await stack.up();
      expect(new Set(await claimed()).size).toBe(CLAIMS);
      expect(await claimed()).toHaveLength(CLAIMS);
      // Pulumi keeps what was under way in mind until it is told to forget it.
      const cleared = ['refresh', '--yes', '--skip-preview', '--clear-pending-creates'];
      expect(await stack.run(...cleared)).not.toMatch(/error/);
      expect(await stack.run('preview', '--expect-no-changes')).not.toMatch(/pending operations/);
      await stack.run('destroy', '--yes', '--skip-preview');
      expect(await agent.client().pools()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    'destroy in between tells what to do; NETLOOM_LEFTOVERS=release gives back what was left',
    async () => {
      let isLeft = false;
      for (let count = 4; !isLeft && count < CLAIMS; count += 3) {
        await killAt(count);
        const known = (await stack.resources()).filter(({ type }) =>
          type.endsWith(':AddressClaim'),
        );
        isLeft = (await claimed()).length > known.length;
      }
      expect(isLeft).toBe(true);
      expect(await stack.fail('destroy', '--yes', '--skip-preview')).toMatch(
        /pool "vips" still has \d+ claims?: .*Fix: run `pulumi up` once more, and then `pulumi destroy`.*NL_POOL_IN_USE/,
      );
      const releasing = stack.with({ NETLOOM_LEFTOVERS: 'release' });
      expect(await releasing.run('destroy', '--yes', '--skip-preview')).toMatch(
        /pool "vips": left over from a broken off update, given back: 10\.30\.0\.\d+/,
      );
      expect(await agent.client().pools()).toEqual([]);
    },
    6 * MINUTES,
  );
});
