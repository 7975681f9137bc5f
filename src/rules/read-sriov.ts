import { isMembers, type KeyStep, stepsOf } from '../cni';
import type { Problem } from '../errors';
import {
  configSteps,
  type NetworkDefinition,
  parseNetwork,
  readJson,
  valueAt,
} from '../kubernetes';
import { checkNetwork } from './network';
import { type Placed, placedAt } from './placed';
import { groupOf, type Manifest, namesOf, type Part, type ReadObject, textAt } from './read-object';

const SRIOV_GROUP = 'sriovnetwork.openshift.io';
const SRIOV_IPAM: readonly KeyStep[] = ['spec', 'ipam'];
const SRIOV_CHAIN: readonly KeyStep[] = ['spec', 'metaPlugins'];

/** The operator's keys of the plugin, and what the plugin calls them. */
const KEYS: readonly (readonly [operator: string, wire: string])[] = [
  ['vlan', 'vlan'],
  ['vlanQoS', 'vlanQoS'],
  ['vlanProto', 'vlanProto'],
  ['spoofChk', 'spoofchk'],
  ['trust', 'trust'],
  ['linkState', 'link_state'],
  ['minTxRate', 'min_tx_rate'],
  ['maxTxRate', 'max_tx_rate'],
];

/** Reads the network that the SR-IOV operator makes; undefined for an object of another kind. */
export function readSriovNetwork(object: Manifest): ReadObject | undefined {
  if (object.kind !== 'SriovNetwork' || groupOf(object) !== SRIOV_GROUP) return undefined;
  const ipam = readPart(object, SRIOV_IPAM, (text) => text);
  const chain = readPart(object, SRIOV_CHAIN, (text) => `[${text}]`);
  const problems = [...ipam.problems, ...chain.problems];
  const { name, namespace } = namesOf(object);
  const definition = parseNetwork(
    {
      plugins: [
        sriovPlugin(object, ipam.value),
        ...(Array.isArray(chain.value) ? chain.value : []),
      ],
    },
    {
      name,
      namespace: textAt(object, ['spec', 'networkNamespace']) || namespace,
      resourceName: textAt(object, ['spec', 'resourceName']),
    },
  );
  if (!definition || problems.length > 0) return { parts: [], problems };
  return { parts: [sriovPart({ ...definition, cniVersion: '1.0.0' })], problems };
}

function sriovPart(definition: NetworkDefinition): Part {
  return {
    list: 'networks',
    definition,
    check: ({ platform, targetVersions, nodes }) =>
      checkNetwork(definition, platform, { targetVersions, nodes }),
    place: (problem) => placeInSriov(definition, problem),
    isPlan: true,
  };
}

function sriovPlugin(object: Manifest, ipam: unknown): object {
  const plugin: Record<string, unknown> = { type: 'sriov' };
  for (const [operator, wire] of KEYS) {
    const value = valueAt(object, ['spec', operator]);
    if (value !== undefined) plugin[wire] = value;
  }
  return isMembers(ipam) ? { ...plugin, ipam } : plugin;
}

interface ReadPart {
  readonly value: unknown;
  readonly problems: readonly Placed[];
}

/** JSON that stands in a text of its own, or a part of it. */
function readPart(
  object: Manifest,
  path: readonly KeyStep[],
  whole: (text: string) => string,
): ReadPart {
  const text = textAt(object, path);
  if (text === undefined || text.trim() === '') return { value: undefined, problems: [] };
  const read = readJson(whole(text));
  if ('value' in read) return { value: read.value, problems: [] };
  const offset = whole('x').indexOf('x');
  // What stands around it for reading may be where it breaks.
  const inText = (at: number): number => Math.min(Math.max(0, at - offset), text.length);
  const end = inText(read.error.span[1]);
  const start = Math.min(inText(read.error.span[0]), Math.max(0, end - 1));
  const problem: Problem = {
    code: 'NL_CONFIG_NOT_JSON',
    key: '',
    found: `it is not JSON: ${read.error.found}`,
    allowed:
      offset === 0
        ? 'an IPAM configuration as JSON text'
        : 'plugins as JSON objects with commas between',
    fix: 'correct it at that place, or a little in front of it',
  };
  return { value: undefined, problems: [placedAt({ path, span: [start, end] }, problem)] };
}

function placeInSriov(definition: NetworkDefinition, problem: Problem): Placed {
  const [first] = stepsOf(problem.key);
  if (first === 'name') return placedAt({ path: ['metadata', 'name'] }, problem);
  if (first === 'namespace') return placedAt({ path: ['spec', 'networkNamespace'] }, problem);
  if (first === 'resourceName') return placedAt({ path: ['spec', 'resourceName'] }, problem);
  if (first === 'chain') return placedAt({ path: SRIOV_CHAIN }, problem);
  // Behind `plugins[0]`.
  const [wire, ...inside] = configSteps(definition, stepsOf(problem.key)).slice(2);
  if (wire === 'ipam') return placedAt({ path: SRIOV_IPAM, inside }, problem);
  const operator = KEYS.find(([, name]) => name === wire)?.[0];
  return placedAt({ path: operator === undefined ? ['spec'] : ['spec', operator] }, problem);
}
