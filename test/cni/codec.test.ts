import * as fc from 'fast-check';
import {
  isMembers,
  type KeyStep,
  keyOfSteps,
  LINK_SPECS,
  LIST,
  type ObjectSpec,
  stepsOf,
  type ValueSpec,
} from 'netloom';
import { fits, keyNamed, parse, print, wireSteps } from '../../src/cni/codec';
import { carelessly, SPECS, settingsOf } from './arbitraries';

const specs = SPECS.map((spec) => ({ name: spec.name, spec }));
const BRIDGE = LINK_SPECS.bridge;

describe('what is printed is what is parsed again', () => {
  test.each(specs)('$name', ({ spec }) => {
    void fc.assert(
      fc.property(settingsOf(spec), (settings) => {
        expect(parse(spec, print(spec, settings))).toEqual(settings);
      }),
      { numRuns: 60 },
    );
  });
});

/** What Go makes of an object: the last member of each key, whatever its case; null changes nothing. */
function inForce(spec: ObjectSpec, wire: Record<string, unknown>): unknown {
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(wire)) {
    const key = keyNamed(spec, name);
    if (key && value === null) continue;
    members.set(key?.wire ?? `? ${name}`, key ? inForceInside(key.value, value) : value);
  }
  return members;
}

function inForceInside(spec: ValueSpec, value: unknown): unknown {
  if (spec.kind === 'object' && isMembers(value)) return inForce(spec.spec, value);
  if (spec.kind !== 'list' || !Array.isArray(value)) return value;
  return value.map((one) => inForceInside(spec.of, one));
}

describe('what somebody else wrote', () => {
  test.each(specs)('keeps what nobody knows, at every level: $name', ({ spec }) => {
    void fc.assert(
      fc.property(carelessly(spec), (wire) => {
        const printed = print(spec, parse(spec, wire));
        for (const [name, value] of Object.entries(wire)) {
          if (!keyNamed(spec, name)) expect(Object.entries(printed)).toContainEqual([name, value]);
        }
        expect(print(spec, parse(spec, printed))).toEqual(printed);
        expect(inForce(spec, printed)).toEqual(inForce(spec, wire));
      }),
      { numRuns: 60 },
    );
  });

  const cases: { name: string; given: Record<string, unknown>; want: object }[] = [
    {
      name: 'keys match without regard to case',
      given: { BRIDGE: 'br', isgateway: true },
      want: { bridge: 'br', isGateway: true },
    },
    { name: 'null is not set', given: { bridge: null, mtu: null }, want: {} },
    {
      name: 'what Go refuses is kept aside, with the name that it has',
      given: { MTU: '1500', vlanTrunk: [{ id: 'x', y: 1 }] },
      want: { vlanTrunk: [{ extra: { id: 'x', y: 1 } }], extra: { MTU: '1500' } },
    },
    {
      name: 'of two cases of one key the last one counts',
      given: { mtu: 1, MTU: 2, Mtu: 3 },
      want: { mtu: 3, extra: { mtu: 1, MTU: 2 } },
    },
    {
      name: 'of two cases of which Go refuses one, none counts',
      given: { mtu: 1, MTU: '2' },
      want: { extra: { mtu: 1, MTU: '2' } },
    },
    {
      name: 'a name that JavaScript has uses for',
      given: JSON.parse('{"__proto__":{"bridge":"x"},"constructor":1}'),
      want: { extra: JSON.parse('{"__proto__":{"bridge":"x"},"constructor":1}') },
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const parsed = parse<{ extra?: object }>(BRIDGE, given);
    expect(parsed).toEqual(want);
    expect(Object.keys(parsed.extra ?? {})).toEqual(Object.keys((want as any).extra ?? {}));
  });

  test('a key that is set twice is printed so that the same one counts', () => {
    const printed = print(BRIDGE, parse(BRIDGE, { mtu: 1, MTU: 2, Mtu: 3, x: 0 }));
    expect(JSON.stringify(printed)).toBe('{"MTU":2,"mtu":3,"x":0}');
    expect(JSON.stringify(print(BRIDGE, parse(BRIDGE, { MTU: 2, mtu: 3 })))).toBe(
      '{"MTU":2,"mtu":3}',
    );
  });

  test('libcni looks for the members of a list by their very names', () => {
    expect(parse(LIST, { disablecheck: true, disableCheck: 'TRUE' })).toEqual({
      disableCheck: 'TRUE',
      extra: { disablecheck: true },
    });
    expect(fits({ kind: 'switch' }, ['true'])).toBe(false);
  });
});

describe('keys and their places', () => {
  const cases: { name: string; given: string; want: KeyStep[] }[] = [
    {
      name: 'netloom has its own name',
      given: 'rangeSets[0][1].subnet',
      want: ['ranges', 0, 1, 'subnet'],
    },
    { name: 'what nobody knows', given: 'extra["a.b"]', want: ['a.b'] },
    { name: 'inside of it', given: 'routes[2].extra.gateway', want: ['routes', 2, 'gateway'] },
    { name: 'of the wrong type', given: 'extra.routes[0]', want: ['routes', 0] },
    { name: 'no such key', given: 'nothing.at.all', want: ['nothing', 'at', 'all'] },
    { name: 'the whole', given: '', want: [] },
  ];
  const spec = SPECS.find(({ name }) => name === 'host-local') as (typeof SPECS)[number];

  test.each(cases)('$name', ({ given, want }) => {
    expect(wireSteps(spec, stepsOf(given))).toEqual(want);
  });

  test('steps printed as a key are the same steps again', () => {
    const step = fc.oneof(
      fc.nat(99),
      fc.string({ minLength: 1 }).filter((text) => !/^\d+$/.test(text)),
    );
    void fc.assert(
      fc.property(fc.array(step), (steps) => {
        expect(stepsOf(keyOfSteps(steps))).toEqual(steps);
      }),
    );
  });
});
