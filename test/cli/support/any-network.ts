import fc from 'fast-check';
import {
  CHAIN_SPECS,
  IPAM_SPECS,
  type KeySpec,
  LINK_SPECS,
  LIST,
  type ObjectSpec,
  type ValueSpec,
} from 'netloom';
import type { Manifest } from './imported';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const json = fc.jsonValue({ maxDepth: 2 }).map(withoutPrototypes);

const texts = fc.oneof(
  word,
  fc.constantFrom('10.20.0.0/24', '10.20.0.9', 'fd00::/64', '0.0.0.0/0', '', "it's", 'a"b\n'),
);

function withoutPrototypes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto'));
}

/** A value as the key's description wants it, and now and then another one. */
function anyValue(spec: ValueSpec): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: rightValue(spec) }, { weight: 1, arbitrary: json });
}

function rightValue(spec: ValueSpec): fc.Arbitrary<unknown> {
  switch (spec.kind) {
    case 'text':
      return spec.words ? fc.constantFrom(...spec.words) : texts;
    case 'flag':
      return fc.boolean();
    case 'switch':
      return fc.constantFrom(true, false, 'true', 'FALSE');
    case 'integer':
      return fc.integer({ min: Math.max(spec.least, -9), max: Math.min(spec.most, 2 ** 40) });
    case 'list':
      return fc.array(rightValue(spec.of), { maxLength: 3 });
    case 'map':
      return fc.dictionary(word, rightValue(spec.of), { maxKeys: 2 });
    case 'object':
      return membersOf(spec.spec);
    case 'any':
      return json;
  }
}

/** Some of the keys, unknown ones among them, a few in another case. */
function membersOf(spec: ObjectSpec, without: readonly string[] = []): fc.Arbitrary<Manifest> {
  const keys = spec.keys.filter(({ wire }) => !without.includes(wire));
  const chosen = fc
    .subarray([...keys], { maxLength: Math.min(5, keys.length) })
    .chain((some) => fc.tuple(...some.map(memberOf)));
  const unknown = fc.option(
    fc.tuple(
      word.map((key) => `x-${key}`),
      json,
    ),
    { freq: 6 },
  );
  return fc
    .tuple(chosen, unknown)
    .map(([known, extra]) => Object.fromEntries(extra ? [...known, extra] : known));
}

function memberOf({ wire, value }: KeySpec): fc.Arbitrary<readonly [string, unknown]> {
  const name = fc.oneof(
    { weight: 15, arbitrary: fc.constant(wire) },
    { weight: 1, arbitrary: fc.constant(wire.toUpperCase()) },
  );
  return fc.tuple(name, anyValue(value));
}

function pluginOf(
  specs: Readonly<Record<string, ObjectSpec>>,
  without: readonly string[] = [],
): fc.Arbitrary<Manifest> {
  const known = fc
    .constantFrom(...Object.entries(specs))
    .chain(([type, spec]) => membersOf(spec, without).map((members) => ({ type, ...members })));
  const unknown = fc
    .tuple(word, fc.dictionary(word, json, { maxKeys: 3 }))
    .map(([type, members]) => ({ ...members, type: `x-${type}` }));
  return fc.oneof({ weight: 12, arbitrary: known }, { weight: 1, arbitrary: unknown });
}

/** The range that a pool stands on has to be one. */
const whereabouts = fc
  .tuple(
    membersOf(IPAM_SPECS.whereabouts),
    fc.constantFrom('10.20.0.0/24', '10.21.0.9/16', 'fd00:20::/64', '10.22.0.5-10.22.0.9/24'),
  )
  .map(([members, range]) => ({ type: 'whereabouts', ...members, range }));

const ipam = fc.oneof(
  { weight: 4, arbitrary: pluginOf(IPAM_SPECS) },
  { weight: 2, arbitrary: whereabouts },
  { weight: 1, arbitrary: fc.constant({ type: 'whereabouts', range: '10.30.0.0/24' }) },
);

const link = fc
  .tuple(pluginOf(LINK_SPECS), fc.option(ipam, { freq: 4 }))
  .map(([plugin, addresses]) => ({ ...plugin, ...(addresses && { ipam: addresses }) }));

const head = fc.record(
  {
    cniVersion: fc.constantFrom('0.3.1', '0.4.0', '1.0.0'),
    name: fc.oneof(word, fc.constant('')),
  },
  { requiredKeys: [] },
);

const single = fc.tuple(head, link).map(([members, plugin]) => ({ ...members, ...plugin }));

const list = fc
  .tuple(
    head,
    membersOf(LIST, ['cniVersion', 'name', 'plugins']),
    link,
    fc.array(pluginOf(CHAIN_SPECS), { maxLength: 3 }),
  )
  .map(([members, settings, first, chain]) => ({
    ...members,
    ...settings,
    plugins: [first, ...chain],
  }));

/** A CNI configuration of any plugins, IPAM and chain. */
export const anyConfig: fc.Arbitrary<Manifest> = fc.oneof(single, list);

const namespace = fc.constantFrom(undefined, 'apps', 'default', 'infra');

/** Networks, each with a name of its own in its namespace. */
export const anyNetworks: fc.Arbitrary<Manifest[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.oneof(word, fc.constantFrom('default', 'app', 'a.b', 'a-b', '10-net', 'apps')),
      namespace,
      config: anyConfig,
      labels: fc.option(fc.dictionary(word, word, { minKeys: 1, maxKeys: 2 }), { freq: 4 }),
      resource: fc.option(fc.constant('vendor.com/device'), { freq: 3 }),
    })
    .map(({ name, namespace: own, config, labels, resource }) => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: {
        name,
        ...(own && { namespace: own }),
        ...(labels && { labels }),
        ...(resource && { annotations: { 'k8s.v1.cni.cncf.io/resourceName': resource } }),
      },
      spec: { config: JSON.stringify(config) },
    })),
  {
    maxLength: 6,
    selector: ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
  },
);
