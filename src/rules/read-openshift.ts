import { definedOnly, type KeyStep, stepsOf } from '../cni';
import type { Problem } from '../errors';
import { DEFAULT_NAMESPACE, type NetworkDefinition, parseNetwork, valueAt } from '../kubernetes';
import { checkNetwork } from './network';
import { type Placed, placedAt } from './placed';
import { readConfig } from './read-config';
import { groupOf, type Manifest, type Part, type ReadObject, textAt } from './read-object';

const LIST: readonly KeyStep[] = ['spec', 'additionalNetworks'];

/** Reads the networks that OpenShift's operator makes; undefined for an object of another kind. */
export function readOperatorNetworks(object: Manifest): ReadObject | undefined {
  if (object.kind !== 'Network' || groupOf(object) !== 'operator.openshift.io') return undefined;
  const list = valueAt(object, LIST);
  const reads = (Array.isArray(list) ? list : []).map((one: unknown, index) =>
    readAdditional(one, [...LIST, index]),
  );
  return {
    parts: reads.flatMap(({ parts }) => parts.map((part) => ({ ...part, isPlan: true }))),
    problems: reads.flatMap(({ problems }) => problems),
  };
}

function readAdditional(one: unknown, base: readonly KeyStep[]): ReadObject {
  const name = textAt(one, ['name']) ?? '';
  const metadata = { name, namespace: textAt(one, ['namespace']) || DEFAULT_NAMESPACE };
  const type = valueAt(one, ['type']);
  if (type === 'SimpleMacvlan') {
    return { parts: [simpleMacvlan(one, metadata, base)], problems: [] };
  }
  const config = textAt(one, ['rawCNIConfig']);
  if (type === 'Raw' && config !== undefined) {
    const places = {
      name: [...base, 'name'],
      namespace: [...base, 'namespace'],
      resourceName: base,
    };
    const read = readConfig(config, metadata, {
      config: [...base, 'rawCNIConfig'],
      metadata: places,
    });
    return name.endsWith(SHIM) ? { ...read, parts: read.parts.map(withoutIpam) } : read;
  }
  return { parts: [], problems: [noKind(base, type)] };
}

/** What a network's name ends with that is there for the operator to start a daemon: no pod attaches to it. */
const SHIM = '-shim';

function withoutIpam(part: Part): Part {
  return { ...part, check: (facts) => part.check(facts).filter(({ key }) => !/^ipam\b/.test(key)) };
}

function noKind(base: readonly KeyStep[], type: unknown): Placed {
  if (type === 'Raw') {
    return placedAt(
      { path: [...base, 'rawCNIConfig'] },
      {
        code: 'NL_KEY_MISSING',
        key: '',
        found: 'the network is Raw, and has no rawCNIConfig',
        allowed: 'a CNI configuration as JSON text',
        fix: 'set rawCNIConfig',
      },
    );
  }
  return placedAt(
    { path: [...base, 'type'] },
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: '',
      found: `${JSON.stringify(type)} is not known`,
      allowed: 'one of Raw, SimpleMacvlan',
      fix: 'Raw?',
    },
  );
}

/** The operator's own words for a macvlan network. */
function simpleMacvlan(
  one: unknown,
  metadata: { readonly name: string; readonly namespace: string },
  base: readonly KeyStep[],
): Part {
  const config = valueAt(one, ['simpleMacvlanConfig']);
  const { master, mode, mtu } = Object(config) as Record<string, unknown>;
  const definition = parseNetwork(
    definedOnly({
      cniVersion: '0.3.1',
      type: 'macvlan',
      master,
      // The operator's enum is written with a capital.
      mode: typeof mode === 'string' ? mode.toLowerCase() : mode,
      mtu,
      ipam: simpleIpam(valueAt(config, ['ipamConfig'])),
    }),
    metadata,
  ) as NetworkDefinition;
  return {
    list: 'networks',
    definition,
    check: ({ platform, targetVersions, nodes }) =>
      checkNetwork(definition, platform, { targetVersions, nodes }),
    place: (problem) => placedAt({ path: [...base, ...simpleSteps(problem)] }, problem),
  };
}

function simpleIpam(ipam: unknown): object {
  if (valueAt(ipam, ['type']) !== 'Static') return { type: 'dhcp' };
  const { addresses, routes, dns } = Object(valueAt(ipam, ['staticIPAMConfig'])) as Record<
    string,
    unknown
  >;
  const list = Array.isArray(routes) ? routes : [];
  return definedOnly({
    type: 'static',
    addresses,
    routes: list.map((route: unknown) =>
      definedOnly({ dst: valueAt(route, ['destination']), gw: valueAt(route, ['gateway']) }),
    ),
    dns,
  });
}

const ROUTE_KEYS: ReadonlyMap<KeyStep, string> = new Map([
  ['dst', 'destination'],
  ['gw', 'gateway'],
]);

function simpleSteps({ key }: Problem): readonly KeyStep[] {
  const [first, ...rest] = stepsOf(key);
  if (first === undefined) return [];
  if (first === 'name' || first === 'namespace') return [first];
  if (first !== 'ipam') return ['simpleMacvlanConfig', first, ...rest];
  const inside = rest[0] === 'routes' ? rest.map((step) => ROUTE_KEYS.get(step) ?? step) : rest;
  const base = ['simpleMacvlanConfig', 'ipamConfig'];
  return inside.length === 0 ? base : [...base, 'staticIPAMConfig', ...inside];
}
