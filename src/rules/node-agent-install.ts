import type { Problem } from '../errors';
import {
  AGENT_AUDIT_SOURCES,
  AGENT_VERBS,
  type AgentRights,
  type NodeAgentSettings,
} from '../installs';
import { Cidr } from '../ipam';
import { checkHostPath } from './host-files';
import { checkInstallPods } from './install-pods';
import { checkInteger, checkNamespace, checkObjectName, checkWord } from './names';
import { shortJson } from './short-json';

/** Keys of Secrets, and names of tokens in agent.yaml. */
const TOKEN_NAME = /^[a-z0-9]([-a-z0-9._]{0,61}[a-z0-9])?$/;
const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** As Prometheus writes a time. */
const DURATION = /^[1-9]\d{0,5}(ms|s|m|h)$/;

/**
 * Everything wrong with an install of the node agent.
 *
 * @param settings as the user gave them, nothing filled in
 */
export function checkNodeAgentInstall(settings: NodeAgentSettings): Problem[] {
  const { stateDir, tlsSecret, serverName } = settings;
  return [
    ...(settings.image === undefined ? [imageMissing()] : []),
    ...checkInstallPods(settings),
    ...checkInteger('port', settings.port, 1, 65_535, 'a TCP port'),
    ...checkInteger('scanSeconds', settings.scanSeconds, 1, 3600, 'a time in s'),
    ...(tlsSecret === undefined ? [] : checkObjectName('tlsSecret', tlsSecret, 253)),
    ...(serverName === undefined ? [] : checkObjectName('serverName', serverName, 253)),
    ...(stateDir === undefined ? [] : checkHostPath('stateDir', stateDir)),
    ...checkWord('policy.adopt', settings.policy?.adopt, ['yes', 'no']),
    ...checkWord('policy.uplink', settings.policy?.uplink, ['never', 'confirm']),
    ...checkEach('policy.reach', settings.policy?.reach, isNetwork, 'networks such as 10.0.0.0/24'),
    ...checkEach(
      'probes.gateways',
      settings.probes?.gateways,
      isGlob,
      'addresses such as 10.0.0.1 or 10.0.0.*',
    ),
    ...checkWord('probes.nameServers', settings.probes?.nameServers, ['yes', 'no']),
    ...checkWord('store.type', settings.store?.type, ['sqlite', 'kubernetes']),
    ...checkAudit(settings),
    ...checkSomebodyCalls(settings),
    ...checkCallers(settings),
    ...checkTokens(settings),
    ...checkMonitor(settings),
  ];
}

function checkAudit({ audit }: NodeAgentSettings): Problem[] {
  if (audit === undefined) return [];
  const { sources, everySeconds, graceSeconds, hostLocalDirs = [] } = audit;
  if (!Array.isArray(sources) || sources.length === 0) {
    const allowed = `one or more of ${AGENT_AUDIT_SOURCES.join(', ')}`;
    const fix = "name some, such as sources: ['host-local', 'network-status'], or leave audit out";
    return [missing('audit.sources', 'nothing is named to look at', allowed, fix)];
  }
  const day = 86_400;
  return [
    ...sources.flatMap((source, index) => {
      const at = `audit.sources[${index}]`;
      const first = sources.indexOf(source);
      const again = first < index ? [twice(at, source, `audit.sources[${first}]`)] : [];
      return [...checkWord(at, source, AGENT_AUDIT_SOURCES), ...again];
    }),
    ...checkInteger('audit.everySeconds', everySeconds, 1, day, 'a time in s'),
    ...checkInteger('audit.graceSeconds', graceSeconds, 0, day, 'a time in s'),
    ...hostLocalDirs.flatMap((dir, index) => checkHostPath(`audit.hostLocalDirs[${index}]`, dir)),
  ];
}

function checkSomebodyCalls({ callers = [], tokens = [], clients = [] }: NodeAgentSettings) {
  if (callers.length + tokens.length + clients.length > 0) return [];
  return [
    missing(
      'callers',
      'neither callers nor tokens nor clients are given, so nobody could call the agents',
      'at least one of them',
      "callers: [{ namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'offer', 'claim', 'bridge'] }]",
    ),
  ];
}

function checkCallers({ callers = [], clients = [] }: NodeAgentSettings): Problem[] {
  return [
    ...callers.flatMap(({ namespace, serviceAccount, ...rights }, index) => {
      const at = `callers[${index}]`;
      const first = callers.findIndex(
        (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
      );
      return [
        ...checkNamespace(`${at}.namespace`, namespace),
        ...checkObjectName(`${at}.serviceAccount`, serviceAccount, 253),
        ...checkRights(at, rights),
        ...(first < index
          ? [twice(at, `${namespace}/${serviceAccount}`, `callers[${first}]`)]
          : []),
      ];
    }),
    ...clients.flatMap(({ name, ...rights }, index) => {
      const first = clients.findIndex((one) => one.name === name);
      return [
        ...checkRights(`clients[${index}]`, rights),
        ...(first < index ? [twice(`clients[${index}]`, name, `clients[${first}]`)] : []),
      ];
    }),
  ];
}

function checkRights(at: string, { verbs }: AgentRights): Problem[] {
  if (!Array.isArray(verbs) || verbs.length === 0) {
    const allowed = `one or more of ${AGENT_VERBS.join(', ')}`;
    return [missing(`${at}.verbs`, 'it may do nothing', allowed, "['read']?")];
  }
  return verbs.flatMap((verb, index) => checkWord(`${at}.verbs[${index}]`, verb, AGENT_VERBS));
}

function checkTokens({ tokens = [], tokenSecret }: NodeAgentSettings): Problem[] {
  const problems = tokens.flatMap(({ name, key, ...rights }, index) => {
    const at = `tokens[${index}]`;
    const first = tokens.findIndex((one) => one.name === name);
    return [
      ...checkShape(`${at}.name`, name, TOKEN_NAME, 'up to 63 of a-z, 0-9, "-", "." and "_"'),
      ...checkShape(`${at}.key`, key, SECRET_KEY, 'the key of a Secret'),
      ...checkRights(at, rights),
      ...(first < index ? [twice(at, name, `tokens[${first}]`)] : []),
    ];
  });
  if (tokenSecret !== undefined) {
    problems.push(...checkObjectName('tokenSecret', tokenSecret, 253));
  } else if (tokens.length > 0) {
    const found = `${tokens.length} tokens are listed, and no Secret that has them`;
    problems.push(missing('tokenSecret', found, 'the name of a Secret', 'name it'));
  }
  return problems;
}

function checkMonitor({ serviceMonitor, tokens = [] }: NodeAgentSettings): Problem[] {
  if (serviceMonitor === undefined) return [];
  const { token, interval } = serviceMonitor;
  const problems = checkShape(
    'serviceMonitor.interval',
    interval,
    DURATION,
    'a number and ms, s, m or h',
  );
  const listed = tokens.find(({ name }) => name === token);
  if (listed?.verbs.includes('read')) return problems;
  const found =
    listed === undefined
      ? `${shortJson(token)} is none of tokens`
      : `"${token}" may not read, so that Prometheus would be refused`;
  return [
    ...problems,
    missing(
      'serviceMonitor.token',
      found,
      'the name of one of tokens that has the verb read',
      "tokens: [{ name: 'prometheus', verbs: ['read'] }]",
    ),
  ];
}

const isNetwork = (one: unknown): boolean =>
  typeof one === 'string' && Cidr.tryParse(one) !== undefined;
const isGlob = (one: unknown): boolean =>
  typeof one === 'string' && /^[0-9a-f:.*]{1,45}$/i.test(one);

/** A list of texts, each of which fits. */
function checkEach(
  key: string,
  list: unknown,
  fits: (one: unknown) => boolean,
  allowed: string,
): Problem[] {
  if (list === undefined) return [];
  const wrong = (at: string, value: unknown): Problem => ({
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: at,
    found: `${shortJson(value)} does not fit`,
    allowed,
    fix: 'correct it',
  });
  if (!Array.isArray(list)) return [wrong(key, list)];
  return list.flatMap((one, index) => (fits(one) ? [] : [wrong(`${key}[${index}]`, one)]));
}

function checkShape(key: string, value: unknown, shape: RegExp, allowed: string): Problem[] {
  if (value === undefined || (typeof value === 'string' && shape.test(value))) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: `${shortJson(value)} does not fit`,
      allowed,
      fix: 'correct it',
    },
  ];
}

function imageMissing(): Problem {
  return missing(
    'image',
    'no image is named, and netloom has no registry of its own',
    'the whole reference of an image of the agent',
    'make one with npm run image, and push it to a registry of yours',
  );
}

function missing(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_KEY_MISSING', key, found, allowed, fix };
}

function twice(key: string, name: string, first: string): Problem {
  return {
    code: 'NL_NAME_TWICE',
    key,
    found: `"${name}" stands in ${first} already`,
    allowed: 'each once',
    fix: 'keep one of them, with all that both say',
  };
}
