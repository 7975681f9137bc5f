import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median } from './figures';

const SYNCS = 50;

/** What the figures depend on, as lines. */
export function machineFacts(folder: string): string[] {
  const cpus = os.cpus();
  const [load = 0] = os.loadavg();
  return [
    `cores    ${cpus.length} (${cpus[0]?.model.trim() ?? 'unknown'})`,
    `memory   ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `kernel   ${os.type()} ${os.release()}`,
    `node     ${process.version}`,
    `fsync    ${syncMs(folder).toFixed(2)} ms for 4 KiB (median of ${SYNCS})`,
    `load     ${load.toFixed(1)} before the start${load > 0.5 ? ': something else is running, expect noise' : ''}`,
  ];
}

/** What makes a write durable on this disk costs. */
function syncMs(folder: string): number {
  const file = path.join(folder, 'fsync');
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let count = 0; count < SYNCS; count++) {
    const start = performance.now();
    writeSync(handle, block);
    fsyncSync(handle);
    times.push(performance.now() - start);
  }
  closeSync(handle);
  rmSync(file);
  return median(times);
}
