import { checkObjects, type ProblemCode, severityOf } from 'netloom';
import { type PluginCase, TABLES } from './cases';
import { objectsOf } from './support/objects';
import { asOf, compareReleases } from './support/releases';

// What the real plugins refuse has to be an error of the rules, and what they accept must be none.

/** The release that the cases without a `since` are tried with. */
const OLDEST = '1.1.1';

/** Refused for what stands in no object, by what that is. */
const UNKNOWABLE: Readonly<Record<string, readonly string[]>> = {
  'Multus puts the name of the object in': ['bridge: a network without a name'],
  'plugins of the node; an unknown one is a warning': [
    'bridge: a plugin that is not installed',
    'bridge: an IPAM that is not installed',
  ],
  'interfaces of the node': [
    'bridge: the name of a link that is no bridge',
    'macvlan: no master and no default route',
    'macvlan: a master that is not there',
    'macvlan: mtu above that of the master',
    'ipvlan: no master and no default route',
    'ipvlan: a master that is not there',
    'vlan: a master that is not there',
    'vlan: mtu above that of the master',
    'host-device: a device that is not there',
    'host-device: a hwaddr that no link has',
    'host-device: a kernelpath without a link',
    'host-device: a pciBusID that is not there',
    'host-device: the capability deviceID comes before pciBusID',
  ],
  'files, daemons, firewall and kernel of the node': [
    'tuning: a sysctl that is not there',
    'tuning: a sysctl with a value that is none of its values',
    'tuning: a sysctl that the list on the node does not allow',
    'portmap: an externalSetMarkChain that is not there',
    'firewall: backend firewalld where none runs',
    'host-local: a resolvConf that is not there',
    'dhcp: no daemon',
    'dhcp: no daemonSocketPath is /run/cni/dhcp.sock',
  ],
  'the other pod, or the bridge (a warning), may be on another node': [
    'macvlan: passthru where another pod has it',
    'macvlan: a master that is a port of a bridge',
    'vlan: the same number on the same master for another pod',
    'host-device: a device that another pod has',
    'host-local: a range without an address left',
  ],
  'a plugin that nobody knows may make it in the pod': ['tap: a bridge that is not in the pod'],
  'no annotation can say it': ['static: a GATEWAY that is none'],
};
const SILENT = new Set(Object.values(UNKNOWABLE).flat());

/** Accepted, and an error all the same. */
const STRICTER: Readonly<Record<string, { code: ProblemCode; why: string }>> = {
  'bridge: a misspelt key is ignored': { code: 'NL_KEY_MISSPELT', why: 'nobody means that' },
  'bridge: forceAddress takes the other address away': {
    code: 'NL_HOST_ADDRESS_IN_POOL',
    why: 'a pod may get the address that the HostBridge has',
  },
  'host-local: a gateway outside the subnet': {
    code: 'NL_GATEWAY_OUTSIDE_SUBNET',
    why: 'nothing can use it',
  },
  'static: a gateway outside the network, without a route': {
    code: 'NL_GATEWAY_OUTSIDE_SUBNET',
    why: 'nothing can use it',
  },
  'host-local: a route with priority, table and scope, which older plugins drop': {
    code: 'NL_RELEASE_TOO_OLD',
    why: 'targetVersions is there to refuse what the nodes ignore',
  },
  'host-local: a route with mtu and advmss, which no plugin sets': {
    code: 'NL_RELEASE_TOO_OLD',
    why: 'targetVersions is there to refuse what the nodes ignore',
  },
};

interface Row {
  readonly name: string;
  readonly given: PluginCase;
}

const ROWS = TABLES.flatMap(({ plugin, cases }) =>
  cases.map((given): Row => ({ name: `${plugin}: ${given.name}`, given })),
);

/** Each release that answers in a way of its own; undefined where nothing is said of the nodes. */
function releasesOf({ since = OLDEST, later = [] }: PluginCase): (string | undefined)[] {
  const first = compareReleases(since, OLDEST) < 0 ? OLDEST : since;
  return [first, ...later.map(({ from }) => from), undefined];
}

const NEWEST = '999.0.0';

function errorsOf(given: PluginCase, plugins: string | undefined): ProblemCode[] {
  const findings = checkObjects(objectsOf(given), plugins ? { targetVersions: { plugins } } : {});
  const codes = findings.map(({ problem: { code } }) => code);
  return [...new Set(codes.filter((code) => severityOf(code) === 'error'))];
}

test.each(ROWS)('$name', ({ name, given }) => {
  for (const release of releasesOf(given)) {
    const { want } = asOf(given, release ?? NEWEST);
    const errors = errorsOf(given, release);
    if (want !== 'accepted' && !SILENT.has(name)) expect(errors).not.toEqual([]);
    else expect(errors.filter((code) => code !== STRICTER[name]?.code)).toEqual([]);
  }
});

test('every exception is one', () => {
  const errors = new Map(
    ROWS.map(({ name, given }) => [name, releasesOf(given).flatMap((one) => errorsOf(given, one))]),
  );
  const used = Object.entries(STRICTER).filter(([name, { code }]) =>
    errors.get(name)?.includes(code),
  );
  expect(used.map(([name]) => name)).toEqual(Object.keys(STRICTER));
  const refused = new Set(
    ROWS.filter(({ given }) => given.want !== 'accepted').map(({ name }) => name),
  );
  expect([...SILENT].filter((name) => !refused.has(name))).toEqual([]);
});
