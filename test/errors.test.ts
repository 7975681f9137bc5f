import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  describeProblem,
  isNetloomError,
  NetloomError,
  PROBLEM_CODES,
  type Problem,
  problemsOf,
  within,
} from 'netloom';
import { RULE_CASES } from './rules/cases';

const root = path.join(__dirname, '..');
const PROBLEM: Problem = {
  code: 'NL_IFNAME_TOO_LONG',
  key: 'master',
  found: '"enp94s0f0np0.100" is 16 bytes long',
  allowed: '1 to 15 bytes (IFNAMSIZ - 1)',
  fix: 'use the kernel name shown by `ip link`',
};

describe('docs/errors.md', () => {
  const text = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section): [string, string] => {
        const end = section.indexOf('\n');
        return [section.slice(0, end), section.slice(end + 1)];
      }),
  );

  test('has a section for each code, and none for anything else, in the order of the list', () => {
    expect([...sections.keys()]).toEqual([...PROBLEM_CODES]);
    expect(text.match(/^## /gm)).toHaveLength(PROBLEM_CODES.length);
  });

  test('the list is in alphabetical order, each code once', () => {
    // A word ends at an underscore: CLAIM comes before CLAIMABLE.
    const words = (code: string): string => code.replaceAll('_', ' ');
    const sorted = [...PROBLEM_CODES].sort((a, b) => (words(a) < words(b) ? -1 : 1));
    expect(PROBLEM_CODES).toEqual(sorted);
    expect(new Set(PROBLEM_CODES).size).toBe(PROBLEM_CODES.length);
  });

  test.each([...PROBLEM_CODES])(
    '%s: what it means, a message as it is printed, how to fix it',
    (code) => {
      const section = sections.get(code) ?? '';
      const [meaning = '', example, fix = ''] = section.split('```');
      if (example === undefined) {
        expect(section).toContain('This release knows the code, and never prints it.');
        return;
      }
      expect(meaning.trim().length).toBeGreaterThan(30);
      expect(fix.trim()).toMatch(/^\*\*Fix\.\*\* .{10}/s);
      // Only the rules can be asked here; the agent's messages are tested where they are made.
      const printed = RULE_CASES.find((one) => one.code === code)?.given.map(describeProblem);
      if (printed) expect([example.trim()]).toEqual(printed);
      expect(example.trim()).toMatch(/^\S.*[.?!] Allowed: .+[.?!] Fix: .+[.?!] \(NL_[A-Z_]+\)$/);
      expect(example.trim().endsWith(`(${code})`)).toBe(true);
    },
  );
});

test('every code is given somewhere', () => {
  const sources = ['src', 'node-agent/src'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
      .map((file) => readFileSync(path.join(root, folder, file), 'utf8')),
  );
  const named = new Set(
    sources.flatMap((text) => text.match(/'NL_[A-Z_]+'|\bNL_[A-Z_]+(?=:)/g) ?? []),
  );
  const given = new Set([...named].map((code) => code.replaceAll("'", '')));
  expect(PROBLEM_CODES.filter((code) => !given.has(code))).toEqual([]);
  expect([...given].filter((code) => !(PROBLEM_CODES as readonly string[]).includes(code))).toEqual(
    [],
  );
});

describe('one problem as a line of text', () => {
  const cases: { name: string; given: Partial<Problem>; want: string }[] = [
    {
      name: 'as style.md prints it',
      given: {},
      want: 'master: "enp94s0f0np0.100" is 16 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`. (NL_IFNAME_TOO_LONG)',
    },
    {
      name: 'without a key',
      given: { key: '' },
      want: '"enp94s0f0np0.100" is 16 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`. (NL_IFNAME_TOO_LONG)',
    },
    {
      name: 'a question or an exclamation gets no full stop',
      given: { found: 'is it?', allowed: 'no!', fix: '10.10.0.254?' },
      want: 'master: is it? Allowed: no! Fix: 10.10.0.254? (NL_IFNAME_TOO_LONG)',
    },
    {
      name: 'a full stop gets no second one',
      given: { found: 'it is.' },
      want: 'master: it is. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`. (NL_IFNAME_TOO_LONG)',
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(describeProblem({ ...PROBLEM, ...given })).toBe(want);
  });
});

describe('a problem seen from further out', () => {
  const cases = [
    {
      name: 'a key below a key',
      prefix: 'ipam',
      key: 'ranges[0].subnet',
      want: 'ipam.ranges[0].subnet',
    },
    { name: 'an index below a key', prefix: 'ranges', key: '[0].subnet', want: 'ranges[0].subnet' },
    { name: 'the whole input', prefix: 'ipam', key: '', want: 'ipam' },
    { name: 'no prefix', prefix: '', key: 'ipam', want: 'ipam' },
  ];

  test.each(cases)('$name', ({ prefix, key, want }) => {
    expect(within(prefix, [{ ...PROBLEM, key }])).toEqual([{ ...PROBLEM, key: want }]);
  });
});

describe('NetloomError', () => {
  test('holds its problems, and tells all of them', () => {
    const second = { ...PROBLEM, key: 'bridge' };
    const error = new NetloomError([PROBLEM, second], { cause: 'why' });
    expect(error.problems).toEqual([PROBLEM, second]);
    expect(error.message).toBe(`${describeProblem(PROBLEM)}\n${describeProblem(second)}`);
    expect([error.name, error.cause]).toEqual(['NetloomError', 'why']);
    expect(new NetloomError(PROBLEM).problems).toEqual([PROBLEM]);
  });

  test('of another copy of the package is known too', () => {
    const copy = Object.assign(new Error('x'), { name: 'NetloomError', problems: [PROBLEM] });
    expect(isNetloomError(copy)).toBe(true);
    expect(problemsOf(copy)).toEqual([PROBLEM]);
  });

  test('anything else is not, and is thrown on', () => {
    for (const other of [
      new Error('x'),
      Object.assign(new Error('x'), { name: 'NetloomError' }),
      { problems: [] },
      null,
    ]) {
      expect(isNetloomError(other)).toBe(false);
      expect(() => problemsOf(other)).toThrow();
    }
  });
});
