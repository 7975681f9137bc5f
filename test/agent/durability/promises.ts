import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { nodePath } from '../../../scripts/tools';
import { WriterProcess } from './writer-process';

const ASKING = path.join(__dirname, 'asking-program.js');

/** What somebody with another credential gets out of an owner's name, who holds a claim by it. */
export async function problemsOfRivals(root: string, folder: string): Promise<string[]> {
  const writer = new WriterProcess(root, [path.join(folder, 'state'), 'rivals']);
  const lines = await writer.lines();
  const strangers = new Set(
    lines.filter((line) => line.identity === 'somebody else').map((line) => line.ask),
  );
  const problems = lines
    .filter((line) => line.ack !== undefined && strangers.has(line.ack))
    .map((line) => `somebody else was answered ${JSON.stringify(line.answer)}`);
  const owners = lines.flatMap((line) => line.state ?? []).map(({ owner }) => owner);
  if (owners.join() !== 'stack/pod') problems.push(`the claims are those of: ${owners}`);
  return problems;
}

/** Which silence of an agent is taken for an answer. */
export function problemsOfSilence(root: string, folder: string): string[] {
  const args = [ASKING, root, path.join(folder, 'token')];
  const { status, stdout, stderr } = spawnSync(nodePath(), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== 12) throw new Error(`12 questions were asked:\n${stdout}`);
  return lines.flatMap((line) => {
    const { what, question, answer } = JSON.parse(line) as Record<string, string>;
    return answer === 'unknown' ? [] : [`${what}: the ${question} is taken to be ${answer}`];
  });
}
