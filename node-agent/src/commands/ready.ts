import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../config';
import { isMarkedReady } from '../ready-file';

const LOOK_EVERY_MS = 100;

/**
 * Waits until the agent of this host has its bridges.
 *
 * @returns false when it has not after that time
 */
export async function waitUntilReady(configFile: string, seconds: number): Promise<boolean> {
  const { stateDir } = loadConfig(configFile);
  const until = performance.now() + seconds * 1000;
  while (!isMarkedReady(stateDir)) {
    if (performance.now() >= until) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}
