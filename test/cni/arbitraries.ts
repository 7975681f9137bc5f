import * as fc from 'fast-check';
import {
  CHAIN_SPECS,
  IPAM_SPECS,
  LINK_SPECS,
  LIST,
  type ObjectSpec,
  type ValueSpec,
} from 'netloom';

/** Every object that has a description of its own. */
export const SPECS: readonly ObjectSpec[] = [
  ...Object.values(LINK_SPECS),
  ...Object.values(CHAIN_SPECS),
  ...Object.values(IPAM_SPECS),
  LIST,
];

/** Addresses and CIDRs as they stand in configurations, right and wrong ones. */
export const addressText = fc.constantFrom(
  '10.0.0.5',
  '10.0.0.0/24',
  '10.0.0.5/24',
  '10.0.0.5-10.0.0.9/24',
  '10.0.0.1-10.0.0.9',
  '10.0.1.0/31',
  'fd00::/64',
  'fd00::5',
  'fd00::5/64',
  '0.0.0.0/0',
  '::/0',
  '::ffff:10.0.0.1',
  '10.0.0.300',
  '/24',
  '-',
  '',
);

const anyText = fc.oneof(
  { weight: 3, arbitrary: addressText },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('bridge', 'eth1', 'lan.apps', 'true', '/26', 'host-name'),
  },
);

/** Names that no description has. */
const unknownName = fc
  .oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('__proto__', 'constructor', 'a.b', 'x"y', '0'),
  )
  .map((name) => (name === '__proto__' ? name : `?${name}`));

const extra = fc
  .array(fc.tuple(unknownName, fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));

/** A value that Go takes for a key. */
export function fitting(spec: ValueSpec): fc.Arbitrary<unknown> {
  switch (spec.kind) {
    case 'text':
      return spec.words ? fc.constantFrom(...spec.words) : anyText;
    case 'flag':
      return fc.boolean();
    case 'switch':
      return fc.constantFrom(true, false, 'true', 'FALSE');
    case 'integer':
      return fc.oneof(fc.integer({ min: spec.least, max: spec.most }), fc.integer());
    case 'list':
      return fc.array(fitting(spec.of), { maxLength: 3 });
    case 'map':
      return fc
        .array(
          fc.tuple(
            fc.oneof(unknownName, fc.constantFrom('net.a.IFNAME.b', 'ips')),
            fitting(spec.of),
          ),
          { maxLength: 3 },
        )
        .map((entries) => Object.fromEntries(entries));
    case 'object':
      return settingsOf(spec.spec);
    case 'any':
      return fc.jsonValue({ maxDepth: 1 }).filter((value) => value !== null);
  }
}

/** Settings as netloom has them, with keys that nobody knows among them. */
export function settingsOf(spec: ObjectSpec): fc.Arbitrary<Record<string, unknown>> {
  const known = spec.keys.map(({ prop, value }): [string, fc.Arbitrary<unknown>] => [
    prop,
    fitting(value),
  ]);
  return fc
    .tuple(
      fc.record(Object.fromEntries(known), { requiredKeys: [] }),
      fc.option(extra, { nil: undefined, freq: 3 }),
    )
    .map(([settings, more]) => (more ? { ...settings, extra: more } : { ...settings }));
}

/** An object of the wire as a careless hand writes it: other cases, wrong types, unknown keys. */
export function carelessly(spec: ObjectSpec): fc.Arbitrary<Record<string, unknown>> {
  const member = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(...spec.keys).chain((key) =>
        fc.tuple(
          fc.oneof(
            { weight: 4, arbitrary: fc.constant(key.wire) },
            {
              weight: 1,
              arbitrary: fc.constantFrom(key.wire.toUpperCase(), key.wire.toLowerCase()),
            },
            { weight: 1, arbitrary: fc.constant(key.prop) },
          ),
          fc.oneof(
            { weight: 5, arbitrary: careless(key.value) },
            { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
          ),
        ),
      ),
    },
    { weight: 1, arbitrary: fc.tuple(unknownName, fc.jsonValue({ maxDepth: 2 })) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constantFrom(
          'args',
          'runtimeConfig',
          'cni.dev/x',
          'name',
          'ipam',
          'rangeStart',
          'master',
        ),
        fc.jsonValue({ maxDepth: 1 }),
      ),
    },
  );
  return fc.array(member, { maxLength: 8 }).map((entries) => Object.fromEntries(entries));
}

function careless(spec: ValueSpec): fc.Arbitrary<unknown> {
  if (spec.kind === 'object') return carelessly(spec.spec);
  if (spec.kind === 'list') return fc.array(careless(spec.of), { maxLength: 3 });
  return fitting(spec);
}

const plugin = (
  specs: Readonly<Record<string, ObjectSpec>>,
): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .constantFrom(...Object.entries(specs))
    .chain(([type, spec]) => carelessly(spec).map((own) => ({ ...own, type })));

const oddType = fc
  .tuple(fc.constantFrom('constructor', '__proto__', 'toString', '', 'sbr2', 5), fc.jsonValue())
  .map(([type, more]) => ({ more, type }));

const ipam = fc.oneof(
  { weight: 6, arbitrary: plugin(IPAM_SPECS) },
  { weight: 1, arbitrary: oddType },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);

const link = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: plugin(LINK_SPECS) }, { weight: 1, arbitrary: oddType }),
    fc.option(ipam, { freq: 4 }),
  )
  .map(([own, inner]): Record<string, unknown> => (inner === null ? own : { ...own, ipam: inner }));

const envelope = fc.record(
  {
    cniVersion: fc.constantFrom('0.2.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0', '', '9', 1, null),
    name: fc.constantFrom('lan', 'Other_1', '', 'a b', 5, null),
    CNIVERSION: fc.constantFrom('0.4.0', 2),
  },
  { requiredKeys: [] },
);

/** What may stand in `spec.config`, in either form. */
export const config: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.tuple(envelope, link).map(([around, one]) => ({ ...around, ...one })),
  fc
    .tuple(
      envelope,
      carelessly(LIST),
      link,
      fc.array(
        fc.oneof({ weight: 6, arbitrary: plugin(CHAIN_SPECS) }, { weight: 1, arbitrary: link }),
        { maxLength: 2 },
      ),
    )
    .map(([around, list, first, others]) => ({ ...list, ...around, plugins: [first, ...others] })),
);

/** True where some object has one name in two cases: what is made void may be lost. */
export function isTwice(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const names = Object.keys(value).map((name) => name.toLowerCase());
  return new Set(names).size < names.length || Object.values(value).some(isTwice);
}
