import path from 'node:path';
import type { Row } from './figures';
import { benchPulumiEngine } from './pulumi-engine';
import { benchPulumiProcess } from './pulumi-process';

/** Resources through Pulumi's dynamic provider, with Pulumi's own engine where there is one, and without. */
export async function benchPulumi(folder: string): Promise<Row[]> {
  const withEngine = await benchPulumiEngine(path.join(folder, 'engine'));
  return [...withEngine, ...(await benchPulumiProcess(path.join(folder, 'process')))];
}
