import { checkOptionNames, optionNames } from 'netloom';

const ATTACH = new Set(['interface', 'ips', 'mac', 'defaultRoute', 'claim', 'nodeGroup']);

describe('an option that nobody takes', () => {
  test.each([
    { given: 'default_route', want: 'NL_KEY_MISSPELT defaultRoute?' },
    { given: 'defaultRoutes', want: 'NL_KEY_MISSPELT defaultRoute?' },
    { given: 'interfaceRequest', want: 'NL_KEY_MISSPELT interface?' },
    { given: 'ipRequest', want: 'NL_KEY_MISSPELT ips?' },
    { given: 'macAddress', want: 'NL_KEY_MISSPELT mac?' },
    { given: 'iips', want: 'NL_KEY_MISSPELT ips?' },
    { given: 'colour', want: 'NL_KEY_UNKNOWN leave it out' },
    { given: 'x', want: 'NL_KEY_UNKNOWN leave it out' },
  ])('$given: $want', ({ given, want }) => {
    const found = checkOptionNames({ ips: ['10.0.0.1'], [given]: 1 }, ATTACH, 'an attachment');
    expect(found.map(({ code, key, fix }) => [key, `${code} ${fix}`])).toEqual([[given, want]]);
  });

  test('is told of with what is taken; one without a value is none', () => {
    expect(checkOptionNames({ ips: [], ipz: undefined }, ATTACH, 'an attachment')).toEqual([]);
    expect(checkOptionNames({ ipz: [] }, ATTACH, 'an attachment')).toEqual([
      {
        code: 'NL_KEY_MISSPELT',
        key: 'ipz',
        found: '"ipz" is no option of an attachment, and is ignored',
        allowed: 'one of interface, ips, mac, defaultRoute, claim, nodeGroup',
        fix: 'ips?',
      },
    ]);
  });

  test('of a network depends on its plugin', () => {
    const told = (kind: 'bridge' | 'macvlan', options: object): string[] =>
      checkOptionNames(options, optionNames(kind, ['name', 'ipam']), kind).map(
        ({ key, fix }) => `${key}: ${fix}`,
      );
    expect(told('macvlan', { master: 'eth1', masterByNodeGroup: {}, extra: {}, ipam: 1 })).toEqual(
      [],
    );
    expect(told('bridge', { masterByNodeGroup: {}, isGatway: true })).toEqual([
      'masterByNodeGroup: leave it out',
      'isGatway: isGateway?',
    ]);
  });
});
