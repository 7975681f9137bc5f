import { isMembers, type KeyStep, keyOfSteps, stepsOf } from '../cni';
import type { Problem } from '../errors';
import {
  configSteps,
  type NetworkDefinition,
  type NetworkMetadata,
  parseNetwork,
  readJson,
  twiceKeys,
} from '../kubernetes';
import { checkNetwork } from './network';
import { FILL_IN, hasPlaceholder, isAboutKey, type Placed, placedAt, writtenSteps } from './placed';
import type { Part, ReadObject } from './read-object';

/** Where a network's parts stand in an object. */
export interface ConfigPlaces {
  /** Steps to the text with the CNI configuration. */
  readonly config: readonly KeyStep[];
  /** Steps to what is told of the network beside it. */
  readonly metadata: Readonly<Record<'name' | 'namespace' | 'resourceName', readonly KeyStep[]>>;
}

/** Reads a CNI configuration that an object holds as JSON text. */
export function readConfig(
  text: string,
  metadata: NetworkMetadata,
  places: ConfigPlaces,
): ReadObject {
  const read = readJson(text);
  if ('error' in read) {
    const { found, span } = read.error;
    const [start, end] = span;
    const isTemplate = hasPlaceholder(text.slice(Math.max(0, start - 2), end + 8));
    const problem = isTemplate ? notJson('a placeholder stands there', FILL_IN) : notJson(found);
    return { parts: [], problems: [placedAt({ path: places.config, span }, problem)] };
  }
  const definition = parseNetwork(read.value, metadata);
  if (!definition) {
    return { parts: [], problems: checkShape(read.value).map(placeInside(places, read.value)) };
  }
  return {
    parts: [networkPart(definition, read.value, places)],
    problems: twiceKeys(text).map(({ steps, name, span }) => {
      const key = keyOfSteps([...steps, name]);
      return placedAt({ path: places.config, span }, twice(name, key));
    }),
  };
}

function notJson(
  found: string,
  fix = 'correct it at that place, or a little in front of it',
): Problem {
  return {
    code: 'NL_CONFIG_NOT_JSON',
    key: '',
    found: `the configuration is not JSON: ${found}`,
    allowed: 'a CNI configuration as JSON text',
    fix,
  };
}

function twice(name: string, key: string): Problem {
  return {
    code: 'NL_KEY_TWICE',
    key: '',
    found: `"${name}" stands there twice (${key}), and the first one is ignored`,
    allowed: 'each key once',
    fix: 'leave one of them out',
  };
}

function networkPart(definition: NetworkDefinition, config: unknown, places: ConfigPlaces): Part {
  const inConfig = placeInside(places, config);
  return {
    list: 'networks',
    definition,
    check: ({ platform, targetVersions, nodes }) =>
      checkNetwork(definition, platform, { targetVersions, nodes }),
    place: (problem) => {
      const [first, ...rest] = stepsOf(problem.key);
      const path =
        typeof first === 'string' && Object.hasOwn(places.metadata, first)
          ? places.metadata[first as keyof ConfigPlaces['metadata']]
          : undefined;
      if (path) return placedAt({ path: [...path, ...rest] }, problem);
      return inConfig({
        ...problem,
        key: keyOfSteps(configSteps(definition, stepsOf(problem.key))),
      });
    },
  };
}

/** Places problems whose keys are the configuration's own. */
function placeInside(
  { config: path }: ConfigPlaces,
  config: unknown,
): (problem: Problem) => Placed {
  return (problem) => {
    const inside = writtenSteps(config, stepsOf(problem.key));
    return placedAt({ path, inside, ...(isAboutKey(problem) && { isKey: true }) }, problem);
  };
}

/** Why JSON is no configuration of a network. */
function checkShape(config: unknown): Problem[] {
  if (!isMembers(config))
    return [wrongType('', config, 'an object', 'a plugin, or a list of plugins')];
  const name = Object.keys(config).find((key) => key.toLowerCase() === LIST_KEY);
  if (name === undefined) return checkPlugin('', config);
  if (!Object.hasOwn(config, LIST_KEY)) return [wrongCase(name)];
  const plugins = config[LIST_KEY];
  if (!Array.isArray(plugins)) {
    return [wrongType('plugins', plugins, 'a list', 'a list of plugins')];
  }
  if (plugins.length === 0)
    return [missing('plugins', 'the list of plugins is empty', 'one plugin')];
  return plugins.flatMap((plugin, index) =>
    isMembers(plugin)
      ? checkPlugin(`plugins[${index}]`, plugin)
      : [wrongType(`plugins[${index}]`, plugin, 'an object', 'a plugin with its type')],
  );
}

const LIST_KEY = 'plugins';

/** Multus decodes the list as Go does, and hands it on to libcni, which looks for the very name. */
function wrongCase(name: string): Problem {
  return {
    code: 'NL_KEY_MISSPELT',
    key: name,
    found: `"${name}" is not "${LIST_KEY}" to libcni, where case counts: it finds no plugin in the list`,
    allowed: `"${LIST_KEY}", in small letters`,
    fix: `${LIST_KEY}?`,
  };
}

function checkPlugin(key: string, plugin: Readonly<Record<string, unknown>>): Problem[] {
  const name = Object.keys(plugin).findLast((one) => one.toLowerCase() === 'type');
  const type = name === undefined ? undefined : plugin[name];
  const at = key === '' ? 'type' : `${key}.type`;
  if (type === undefined || type === null || type === '') {
    return [missing(at, 'no plugin is named', 'the name of a plugin, such as bridge')];
  }
  return typeof type === 'string' ? [] : [wrongType(at, type, 'a text', 'the name of a plugin')];
}

function missing(key: string, found: string, allowed: string): Problem {
  return { code: 'NL_KEY_MISSING', key, found, allowed, fix: `set ${key}` };
}

function wrongType(key: string, value: unknown, what: string, allowed: string): Problem {
  const text = JSON.stringify(value);
  return {
    code: 'NL_TYPE_WRONG',
    key,
    found: `${text.length > 80 ? `${text.slice(0, 77)}...` : text} is not ${what}`,
    allowed,
    fix: `give ${allowed}`,
  };
}
