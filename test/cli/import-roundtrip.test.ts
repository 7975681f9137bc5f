import fc from 'fast-check';
import { anyNetworks } from './support/any-network';
import { anyWorkloads } from './support/any-workload';
import { formatted } from './support/formatted';
import { compileErrors, importText, objectsOf } from './support/imported';
import { meanings } from './support/meaning';

describe('any objects', () => {
  const programs: string[] = [];

  test('are written again with the same meaning', () => {
    fc.assert(
      fc.property(anyNetworks, anyWorkloads, fc.boolean(), (networks, workloads, isPodsFirst) => {
        const objects = isPodsFirst ? [...workloads, ...networks] : [...networks, ...workloads];
        const program = importText(objects);
        programs.push(program);
        expect(importText(objects)).toBe(program);
        expect(meanings(objectsOf(program))).toEqual(meanings(objects));
      }),
      { numRuns: 250 },
    );
  });

  test('make programs that the compiler takes', () => {
    expect(programs.length).toBeGreaterThan(0);
    expect(compileErrors(programs)).toEqual([]);
  });

  test('make programs that are formatted well', () => {
    expect(formatted(programs)).toEqual(programs);
  });
});
