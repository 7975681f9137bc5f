import { distance } from 'fastest-levenshtein';
import type { Problem } from '../errors';
import {
  DEFAULT_NETWORK_ANNOTATION,
  type NamedNetwork,
  networkReference,
  parsePolicyFor,
  readNetworksAnnotation,
} from '../kubernetes';
import { annotationKey } from './annotations';
import { indexOf, type NetworkIndex } from './network-index';
import {
  findingsOf,
  type PodsDefinition,
  type World,
  type WorldFinding,
  type WorldRule,
} from './world';

/** What pods, policies and virtual machines name, and what is there. */
export const checkReferences: WorldRule = (world) => {
  const references = new References(world);
  return [
    ...world.pods.flatMap((pods) => findingsOf(pods, checkPodReferences(pods, references, world))),
    ...checkPolicies(world, references),
    ...checkMachines(world, references),
  ];
};

/** Beyond that, a wrong name is told without the one that was meant. */
const MOST_SUGGESTIONS = 50;

/** Where Multus looks for a default network that is named without a namespace. */
const MULTUS_NAMESPACE = 'kube-system';

class References {
  private suggestions = 0;

  constructor(private readonly world: World) {}

  /** Made late: a program names objects, and there is nothing to be found. */
  private get index(): NetworkIndex {
    return indexOf(this.world);
  }

  /** @param home namespace of who names it */
  check(key: string, named: NamedNetwork, home: string | undefined): Problem[] {
    // What is no name is told of as that.
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(named.name)) return [];
    const { state } = this.index.find(named, home);
    if (state === 'found' || state === 'unread') return [];
    const asked = { name: named.name, namespace: named.namespace ?? home };
    return state === 'missing' ? [this.missing(key, asked)] : [unseen(key, asked)];
  }

  private missing(key: string, asked: NamedNetwork): Problem {
    const fix = this.likely(asked);
    return {
      code: 'NL_NETWORK_NOT_FOUND',
      key,
      found: `there is no network "${networkReference(asked)}", and pods that ask for it don't start`,
      allowed:
        'a NetworkAttachmentDefinition of the namespace that is named, or else of the own one',
      fix: fix ? `${fix}?` : 'make the network, or correct the name',
    };
  }

  private likely({ name, namespace }: NamedNetwork): string | undefined {
    const [home] = this.index.homesOf(name);
    if (home !== undefined) return `${home}/${name}`;
    if (this.suggestions++ >= MOST_SUGGESTIONS) return undefined;
    let best: { name: string; slips: number } | undefined;
    for (const one of this.index.names()) {
      if (Math.abs(one.length - name.length) > 2) continue;
      const slips = distance(one, name);
      if (slips <= 2 && slips < (best?.slips ?? 3)) best = { name: one, slips };
    }
    if (!best) return undefined;
    const homes = this.index.homesOf(best.name);
    const [first] = homes;
    return first === undefined || namespace === undefined || homes.includes(namespace)
      ? best.name
      : `${first}/${best.name}`;
  }
}

function unseen(key: string, asked: NamedNetwork): Problem {
  const { namespace } = asked;
  const where = namespace === undefined ? 'no network' : `no network of namespace "${namespace}"`;
  return {
    code: 'NL_NETWORK_UNSEEN',
    key,
    found: `${where} was given to be looked at, so that nobody knows whether "${networkReference(asked)}" exists`,
    allowed: 'names of networks that are looked at together with the pods',
    fix: 'check the manifests of the networks along with these, or silence this',
  };
}

/** In a program, a network that it does not make is named on purpose. */
function checkPodReferences(pods: PodsDefinition, references: References, world: World): Problem[] {
  const { attachments, namespace, read, annotations } = pods;
  const isolated = attachments.flatMap(({ attachment }, index) =>
    checkIsolation(`attachments[${index}]`, attachment, namespace, world),
  );
  const named = read
    ? attachments.flatMap(({ attachment }, index) =>
        references.check(`attachments[${index}]`, attachment, namespace),
      )
    : [];
  const value = annotations[DEFAULT_NETWORK_ANNOTATION];
  if (value === undefined || !read) return [...isolated, ...named];
  const { elements, errors } = readNetworksAnnotation(value);
  const [first] = elements;
  if (!first || errors.length > 0 || elements.length > 1) return [...isolated, ...named];
  const home = world.platform?.multusNamespace ?? MULTUS_NAMESPACE;
  const key = annotationKey(DEFAULT_NETWORK_ANNOTATION);
  return [...isolated, ...named, ...references.check(key, first.attachment, home)];
}

function checkIsolation(
  key: string,
  { name, namespace }: NamedNetwork,
  home: string | undefined,
  { platform, isolation = platform?.isolation }: World,
): Problem[] {
  if (!isolation || namespace === undefined || home === undefined || namespace === home) return [];
  if (isolation.globalNamespaces.includes(namespace)) return [];
  return [
    {
      code: 'NL_NAMESPACE_ISOLATED',
      key,
      found: `network "${namespace}/${name}" is in another namespace than the pod ("${home}"), which Multus refuses (namespaceIsolation)`,
      allowed: `networks of "${home}"${isolation.globalNamespaces.map((one) => ` or "${one}"`).join('')}`,
      fix: `make the network in "${home}", or ${platform?.isolation ? 'in "default"' : `add "${namespace}" to Multus' globalNamespaces`}`,
    },
  ];
}

function checkPolicies({ policies = [] }: World, references: References): WorldFinding[] {
  return policies.flatMap((policy) =>
    parsePolicyFor(policy.policyFor ?? '').flatMap(({ network }, index) => {
      if (!network) return [];
      const problems = references.check(`policyFor[${index}]`, network, policy.namespace);
      return findingsOf(policy, problems.map(forNothing));
    }),
  );
}

/** A pod that names a wrong network does not start; a policy that does lets everything through. */
function forNothing(problem: Problem): Problem {
  if (problem.code !== 'NL_NETWORK_NOT_FOUND') return problem;
  return {
    ...problem,
    code: 'NL_POLICY_NETWORK',
    found: problem.found.replace(/, and pods .*$/, ', so that the policy filters nothing there'),
  };
}

function checkMachines({ virtualMachines = [] }: World, references: References): WorldFinding[] {
  return virtualMachines.flatMap((machine) =>
    machine.networks.flatMap(({ network }, index) =>
      network
        ? findingsOf(
            machine,
            references.check(`networks[${index}].multus.networkName`, network, machine.namespace),
          )
        : [],
    ),
  );
}
