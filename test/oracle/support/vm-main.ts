import { readFileSync, writeFileSync } from 'node:fs';
import { runCase } from './plugins';

// The program of the virtual machine: /out/cases.json to /out/outcomes.json.

/** One runs while another waits for the kernel; more would only fight for the two processors. */
const AT_ONCE = 3;

async function main(): Promise<void> {
  const cases = JSON.parse(readFileSync('/out/cases.json', 'utf8'));
  const outcomes: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < cases.length; index = next++) {
      const { one, folder } = cases[index];
      outcomes[index] = await runCase(one, folder).catch(({ message }) => ({ broken: message }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  writeFileSync('/out/outcomes.json', JSON.stringify(outcomes));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
