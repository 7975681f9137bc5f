import {
  checkDhcpInstall,
  checkMultusInstall,
  checkWhereaboutsInstall,
  type InstallToleration,
  type PlatformName,
  platformFacts,
} from 'netloom';

const FACTS = platformFacts('kubernetes');

type Scheduling = Parameters<typeof checkDhcpInstall>[1];

const placesOf = (given: Scheduling): string[] =>
  checkDhcpInstall(FACTS, given).map(({ key, code }) => `${key} ${code}`);

describe('where the pods of an install run', () => {
  const rows: { name: string; given: Scheduling; want: string[] }[] = [
    {
      name: 'all that is right',
      given: {
        nodeSelector: { 'kubernetes.io/os': 'linux', zone_1: '', 'a.b/C.d': 'x.Y_z-1' },
        tolerations: [
          { operator: 'Exists' },
          { key: 'a', value: 'b' },
          { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
        ],
      },
      want: [],
    },
    {
      name: 'labels that no node has',
      given: {
        nodeSelector: { 'bad key': 'x', 'Up.Per/x': 'x', a: 'x y', b: true as unknown as string },
      },
      want: [
        'nodeSelector NL_NAME_INVALID',
        'nodeSelector NL_NAME_INVALID',
        'nodeSelector["a"] NL_VALUE_OUT_OF_RANGE',
        'nodeSelector["b"] NL_VALUE_OUT_OF_RANGE',
      ],
    },
    {
      name: 'tolerations that the API server refuses',
      given: {
        tolerations: [
          { operator: 'Nope', effect: 'noschedule' } as unknown as InstallToleration,
          { effect: 'NoSchedule' },
          { key: 'a', operator: 'Exists', value: 'b', tolerationSeconds: 1 },
        ],
      },
      want: [
        'tolerations[0].operator NL_VALUE_OUT_OF_RANGE',
        'tolerations[0].effect NL_VALUE_OUT_OF_RANGE',
        'tolerations[1].key NL_VALUES_CONFLICT',
        'tolerations[2].value NL_VALUES_CONFLICT',
        'tolerations[2].tolerationSeconds NL_VALUES_CONFLICT',
      ],
    },
  ];
  test.each(rows)('$name', ({ given, want }) => expect(placesOf(given)).toEqual(want));

  test('of every install', () => {
    const wrong = { nodeSelector: { a: 'x y' } };
    for (const check of [checkMultusInstall, checkWhereaboutsInstall]) {
      expect(check(FACTS, wrong).map(({ key }) => key)).toEqual(['nodeSelector["a"]']);
    }
  });
});

describe('settings that the operator of OpenShift has no place for', () => {
  const facts = platformFacts('openshift' satisfies PlatformName);

  test('of whereabouts, which a shim starts', () => {
    const given = { reconcilerCron: '30 4 * * *', nodeSlices: true, registry: 'r.example.com' };
    const [problem, ...others] = checkWhereaboutsInstall(facts, given);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'NL_PLATFORM_UNSUPPORTED', key: 'registry' });
  });

  test('of the DHCP daemon', () => {
    expect(checkDhcpInstall(facts, {})).toEqual([]);
    const found = checkDhcpInstall(facts, { registry: 'r.example.com', broadcast: true });
    expect(found.map(({ key, code }) => `${key} ${code}`)).toEqual([
      'registry NL_PLATFORM_UNSUPPORTED',
      'broadcast NL_PLATFORM_UNSUPPORTED',
    ]);
  });
});
