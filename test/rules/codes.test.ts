import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  checkAttachments,
  checkBridgeNetworks,
  checkClaim,
  checkGatewayForClaims,
  checkHostBridge,
  checkNetwork,
  claimTwice,
  PROBLEM_CODES,
  type Problem,
  platformFacts,
} from 'netloom';
import { RULE_CASES } from './cases';
import {
  attached,
  bridge,
  codesAndKeys,
  DHCP,
  hostLocal,
  NONE,
  network,
  STATIC,
  V4,
  V6,
} from './samples';

test.each(RULE_CASES)('$code: $name', ({ code, given, want }) => {
  expect(codesAndKeys(given)).toEqual([`${code} ${want}`]);
});

test('a claim that is attached twice', () => {
  expect(codesAndKeys([claimTwice('c', 'apps/web')])).toEqual(['NL_ADDRESS_TWICE claim']);
});

test('each problem says what was found, what is allowed and how to repair it', () => {
  for (const problem of RULE_CASES.flatMap(({ given }) => given)) {
    for (const part of [problem.found, problem.allowed, problem.fix]) {
      expect(part).not.toBe('');
      expect(part).not.toMatch(/\.$|undefined|\[object|NaN/);
    }
  }
});

describe('good input gives none', () => {
  const good: { name: string; given: Problem[] }[] = [
    { name: 'a dual-stack bridge with a claimable part', given: checkNetwork(network()) },
    { name: 'the same on MicroShift', given: checkNetwork(network(), platformFacts('microshift')) },
    {
      name: 'without anything set',
      given: checkNetwork({ name: 'lan', link: bridge({}), ipam: NONE }),
    },
    {
      name: 'macvlan with dhcp',
      given: checkNetwork(
        network({
          link: { kind: 'macvlan', settings: { master: 'eth1', mode: 'vepa', mtu: 9000 } },
          ipam: DHCP,
        }),
      ),
    },
    {
      name: 'ipvlan with static',
      given: checkNetwork(
        network({
          link: { kind: 'ipvlan', settings: { master: 'eth3', mode: 'l3s' } },
          ipam: STATIC,
        }),
      ),
    },
    {
      name: 'a raw plugin with raw IPAM',
      given: checkNetwork(
        network({
          link: { kind: 'raw', config: { type: 'tap' } },
          ipam: { kind: 'raw', config: { type: 'x' } },
        }),
      ),
    },
    {
      name: 'rangeSets beside ranges',
      given: checkNetwork(
        network({
          ipam: hostLocal({
            rangeSets: [[V4, { subnet: '10.11.0.0/24' }]],
            ranges: [V6],
            routes: [{ dst: '10.99.0.0/16' }, { dst: 'fd99::/32', gw: 'fd00:10::1' }],
          }),
        }),
      ),
    },
    {
      name: 'an address on the bridge beside the range',
      given: [
        ...checkHostBridge({
          bridge: 'br-test',
          addresses: ['10.10.0.10/24', 'fd00:10::a/64'],
          ports: ['eth2'],
          mtu: 1500,
        }),
        ...checkBridgeNetworks(
          { bridge: 'br-test', addresses: ['10.10.0.10/24', 'fd00:10::a/64'] },
          [network()],
        ),
      ],
    },
    {
      name: 'the gateway on the bridge',
      given: checkBridgeNetworks(
        { bridge: 'br-test', addresses: ['10.10.0.254/24', 'fd00:10::1/64', '10.10.0.10/24'] },
        [network({ link: bridge({ bridge: 'br-test', isGateway: true }) })],
      ),
    },
    {
      name: 'a claim on it',
      given: [
        ...checkClaim({ name: 'c', network: network(), addresses: ['10.10.0.100', 'fd00:10::80'] }),
        ...checkGatewayForClaims(network(), []),
      ],
    },
    {
      name: 'a claim whose address the agent chooses',
      given: checkClaim({ name: 'c', network: network() }),
    },
    {
      name: 'attachments',
      given: checkAttachments([
        attached(network()),
        attached(network(), {
          interface: 'lan1',
          mac: '02-00-00-00-00-01',
          defaultRoute: ['10.10.0.254', 'fd00:10::1'],
        }),
        attached(undefined, { ips: ['10.0.0.1'] }),
      ]),
    },
    {
      name: 'an attachment with a claim',
      given: checkAttachments([
        { ...attached(network()), claim: { name: 'c', network: network(), families: [4, 6] } },
      ]),
    },
    { name: 'no attachments', given: checkAttachments([]) },
  ];

  test.each(good)('$name', ({ given }) => expect(given).toEqual([]));
});

test('there is a case for every code that the rules name', () => {
  const folder = path.join(__dirname, '../../src/rules');
  const sources = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const named = new Set(sources.flatMap((text) => text.match(/NL_[A-Z_]+/g) ?? []));
  const tested = new Set<string>(RULE_CASES.map(({ code }) => code));
  expect([...named].filter((code) => !tested.has(code))).toEqual([]);
  for (const code of tested) expect(PROBLEM_CODES).toContain(code);
});
