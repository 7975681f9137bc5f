import * as fc from 'fast-check';
import {
  CHAIN_SPECS,
  checkNetwork,
  configSteps,
  IPAM_SPECS,
  type KeyStep,
  LINK_SPECS,
  memberOf,
  type NetworkDefinition,
  type ObjectSpec,
  PROBLEM_CODES,
  type Problem,
  parseNetwork,
  platformFacts,
  stepsOf,
} from 'netloom';
import { addressText, config, isTwice } from '../cni/arbitraries';

const META = { name: 'lan', namespace: 'apps' };
const OPTIONS = { targetVersions: { plugins: '1.1.1', whereabouts: '0.6.3' }, nodes: 2 };

/** Problems that say nothing, or what no user should read. */
function withoutSense(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    ({ code, found, allowed, fix }) =>
      !PROBLEM_CODES.includes(code) ||
      [found, allowed, fix].some((part) => !part || /undefined|\[object|\bNaN\b/.test(part)),
  );
}

/** Where steps lead; undefined once they lead to nothing. */
function follow(value: unknown, steps: readonly KeyStep[]): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) return at[Number(step)];
    if (typeof at !== 'object' || at === null) return undefined;
    return (at as any)[step] ?? memberOf(at as any, String(step));
  }, value);
}

describe('whatever stands in spec.config', () => {
  test('is checked, and every problem has its place there', () => {
    let count = 0;
    void fc.assert(
      fc.property(config, (given) => {
        const network = parseNetwork(given, META);
        if (!network) return;
        const problems = [
          ...checkNetwork(network),
          ...checkNetwork(network, platformFacts('microshift'), OPTIONS),
        ];
        expect(withoutSense(problems)).toEqual([]);
        // Of two cases of one key the other one may be meant.
        if (isTwice(given)) return;
        const lost = problems
          .filter(({ key }) => key !== 'resourceName')
          .map(({ key }) => ({ key, steps: configSteps(network, stepsOf(key)) }))
          // A missing key stands nowhere; what it is missing in does.
          .filter(({ steps }) => follow(given, steps.slice(0, -1)) === undefined);
        expect(lost).toEqual([]);
        count += problems.length;
      }),
      { numRuns: 1000 },
    );
    expect(count).toBeGreaterThan(300);
  }, 60_000);

  test('is parsed, or is none', () => {
    void fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (given) => {
        const network = parseNetwork(given, META);
        if (network) expect(withoutSense(checkNetwork(network))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What a program in plain JavaScript may give for a setting. */
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.anything({ maxDepth: 2, withBigInt: true, withNullPrototype: true }) },
  { weight: 3, arbitrary: addressText },
  { weight: 1, arbitrary: fc.array(addressText, { maxLength: 2 }) },
  {
    weight: 2,
    arbitrary: fc.array(
      fc.record(
        {
          subnet: addressText,
          range: addressText,
          dst: addressText,
          gw: addressText,
          address: addressText,
          exclude: fc.array(addressText),
          gateway: addressText,
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
  },
);

function oddSettings(spec: ObjectSpec): fc.Arbitrary<object> {
  const props = [...spec.keys.map(({ prop }) => prop), 'ranges', 'claimable', 'extra'];
  const record = Object.fromEntries(props.map((prop) => [prop, anything]));
  return fc.record(record, { requiredKeys: [] });
}

const one = (specs: Readonly<Record<string, ObjectSpec>>) =>
  fc
    .constantFrom(...Object.entries(specs))
    .chain(([kind, spec]) => oddSettings(spec).map((settings) => ({ kind, settings })));

/** What such a run has found. */
const FOUND = ['10.0.0.5', [null], ['10.0.0.5'], {}].map((addresses) => ({
  name: 'lan',
  link: { kind: 'ptp', settings: {} },
  ipam: { kind: 'static', settings: { addresses } },
}));

test('whatever a program gives is checked', () => {
  const network = fc.record(
    {
      name: fc.oneof(fc.constant('lan'), anything),
      namespace: anything,
      cniVersion: anything,
      configName: anything,
      link: one(LINK_SPECS),
      ipam: fc.oneof(one(IPAM_SPECS), fc.constant({ kind: 'none' })),
      chain: fc.array(one(CHAIN_SPECS), { maxLength: 2 }),
      list: fc.oneof(fc.constant({}), fc.record({ cniVersions: anything })),
    },
    { requiredKeys: ['name', 'link', 'ipam'] },
  );
  void fc.assert(
    fc.property(network, (given) => {
      const problems = checkNetwork(given as unknown as NetworkDefinition, undefined, OPTIONS);
      expect(problems.filter(({ code }) => !PROBLEM_CODES.includes(code))).toEqual([]);
    }),
    { numRuns: 3000, examples: FOUND.map((given): [typeof given] => [given]) },
  );
}, 60_000);
