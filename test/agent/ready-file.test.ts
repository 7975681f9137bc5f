import { existsSync } from 'node:fs';
import { waitUntilReady } from '../../node-agent/src/commands/ready';
import { isMarkedReady } from '../../node-agent/src/ready-file';
import { AgentFolder } from './support/agent-folder';

describe('the ready file', () => {
  let folder: AgentFolder;

  beforeEach(async () => {
    folder = await AgentFolder.make();
  });
  afterEach(() => folder.remove());

  test('is there from when the bridges are until the agent stops', async () => {
    expect(await waitUntilReady(folder.configFile, 0)).toBe(false);
    const waiting = waitUntilReady(folder.configFile, 20);
    await folder.start();
    expect(await waiting).toBe(true);
    expect(existsSync(folder.at('state/ready'))).toBe(true);
    await folder.stop();
    expect(existsSync(folder.at('state/ready'))).toBe(false);
  });

  test('is gone while the agent brings its bridges back', async () => {
    await folder.start();
    await folder.client().putBridge('br-test', { owner: 'stack', spec: {} });
    await folder.stop();
    folder.kernel.links.clear();
    const seen: boolean[] = [];
    folder.kernel.beforeLine = () => seen.push(isMarkedReady(folder.at('state')));
    await folder.start();
    expect(new Set(seen)).toEqual(new Set([false]));
    expect(isMarkedReady(folder.at('state'))).toBe(true);
  });

  test('of an earlier boot counts for nothing', async () => {
    await folder.start();
    expect(isMarkedReady(folder.at('state'))).toBe(true);
    expect(isMarkedReady(folder.at('state'), 'of the boot before')).toBe(false);
  });
});
