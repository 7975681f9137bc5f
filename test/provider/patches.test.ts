import path from 'node:path';
import { type CniPatch, checkCniPatches, patchedCni } from '../../src/rules';
import { runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

const CONFIG = { cniVersion: '0.4.0', name: 'lan', type: 'bridge', list: ['a', 'b'], 'a/b': 1 };

describe('patches of a CNI configuration', () => {
  const cases: { name: string; patches: CniPatch[]; want: object }[] = [
    {
      name: 'an addition before an element, and behind the last',
      patches: [
        { op: 'add', path: '/list/1', value: 'x' },
        { op: 'add', path: '/list/-', value: 'z' },
      ],
      want: { ...CONFIG, list: ['a', 'x', 'b', 'z'] },
    },
    {
      name: 'a replacement in a list, and of a key with a slash',
      patches: [
        { op: 'replace', path: '/list/0', value: 'x' },
        { op: 'replace', path: '/a~1b', value: 2 },
      ],
      want: { ...CONFIG, list: ['x', 'b'], 'a/b': 2 },
    },
    {
      name: 'a move and a copy',
      patches: [
        { op: 'move', from: '/list/0', path: '/first' },
        { op: 'copy', from: '/list', path: '/again' },
        { op: 'remove', path: '/list/0' },
      ],
      want: { ...CONFIG, list: [], first: 'a', again: ['b'] },
    },
    {
      name: 'a test that holds',
      patches: [{ op: 'test', path: '/list', value: ['a', 'b'] }],
      want: CONFIG,
    },
  ];

  test.each(cases)('$name', ({ patches, want }) => {
    expect(checkCniPatches('patchCni', CONFIG, patches)).toEqual([]);
    expect(patchedCni(CONFIG, patches)).toEqual(want);
  });

  test.each<[CniPatch, string]>([
    [{ op: 'replace', path: '/mtu', value: 1 }, 'NL_KEY_MISSING'],
    [{ op: 'add', path: '/list/9', value: 'x' }, 'NL_VALUES_CONFLICT'],
    [{ op: 'add', path: '/name/x', value: 'x' }, 'NL_VALUES_CONFLICT'],
    [{ op: 'test', path: '/name', value: 'wan' }, 'NL_VALUES_CONFLICT'],
    [{ op: 'remove', path: '/type' }, 'NL_KEY_MISSING'],
    [{ op: 'rename' as 'move', path: '/name' }, 'NL_VALUES_CONFLICT'],
  ])('%j is refused', (patch, code) => {
    expect(checkCniPatches('patchCni', CONFIG, [patch]).map((one) => one.code)).toEqual([code]);
  });
});

test('a Pulumi program patches its networks, and gets the DHCP daemon with Multus', async () => {
  const { errors, warnings, state, dependencies } = await runPulumiProgram({
    program: path.join(__dirname, 'programs/patched.ts'),
    cwd: ROOT,
    mode: 'up',
    config: { 'netloom:status': 'off', 'netloom:platform': 'kubernetes', 'netloom:offers': 'off' },
    state: [],
  });
  // The pool needs an agent, and there is none here.
  expect(errors).toEqual([expect.stringMatching(/lan-pool: .*NL_AGENT_UNKNOWN/)]);
  expect(warnings.filter((text) => /dhcp/i.test(text))).toEqual([]);
  const config = (name: string): object => {
    const nad = state.find((one) => one.name === name)?.inputs as { spec: { config: string } };
    return JSON.parse(nad.spec.config);
  };
  expect(config('lan')).toMatchObject({ bridge: 'br1', x: { y: 1 } });
  expect(config('lan-claimed')).toMatchObject({ bridge: 'br-test', ipam: { later: true } });
  const daemon = state.filter(({ name }) => name.startsWith('multus-dhcp-daemon-'));
  expect(daemon.map(({ type }) => type)).toContain('kubernetes:apps/v1:DaemonSet');
  expect(dependencies['leased']).toContain('multus-DaemonSet');
}, 60_000);
