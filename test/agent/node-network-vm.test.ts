import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { runInVm, vmSkipReason } from '../../scripts/vm';
import { describeUnless } from '../support/network-suite';
import type { VmOutcome, VmTrial } from './support/network-vm';

const ROOT = path.join(__dirname, '../..');
const MODULES = ['8021q', 'bonding', 'bridge', 'dummy', 'macvlan', 'veth'];

/** What the kernel underneath lacks: VLANs, bonds, dummies, VLAN filtering. */
const FULL: NodeNetworkSpec = {
  bonds: [
    {
      name: 'nb0',
      mode: 'active-backup',
      ports: ['nd1', 'nd2'],
      primary: 'nd1',
      miimon: 50,
      addresses: ['10.91.0.1/24'],
    },
    { name: 'nb1', mode: '802.3ad', lacpRate: 'fast', xmitHashPolicy: 'layer3+4', minLinks: 1 },
  ],
  dummies: [{ name: 'nd0', addresses: ['10.91.1.1/32'] }, { name: 'nd1' }, { name: 'nd2' }],
  vlans: [
    { name: 'nb0.7', link: 'nb0', id: 7, protocol: '802.1ad', mtu: 1450 },
    { name: 'nbr.10', link: 'nbr', id: 10, addresses: ['10.91.10.1/24'] },
  ],
  bridges: [
    {
      name: 'nbr',
      vlanFiltering: true,
      vlanDefaultPvid: 3,
      pvid: 5,
      vlanTrunk: [{ id: 10 }],
      ports: [
        { link: 'eth1', pvid: 5, vlanTrunk: [{ minID: 10, maxID: 20 }, { id: 30 }] },
        { link: 'eth2', vlanTrunk: [{ minID: 2, maxID: 4094 }] },
        { link: 'eth3' },
      ],
    },
  ],
};

const CHANGED: NodeNetworkSpec = {
  bonds: [
    { name: 'nb0', mode: 'balance-xor', ports: ['nd2'] },
    { name: 'nb1', mode: '802.3ad', lacpRate: 'slow', xmitHashPolicy: 'layer2+3' },
  ],
  dummies: [{ name: 'nd2' }],
  vlans: [{ name: 'nbr.10', link: 'nbr', id: 11 }],
  bridges: [{ name: 'nbr', vlanFiltering: true, ports: [{ link: 'eth1', pvid: 6 }] }],
};

const TRIALS: VmTrial[] = [
  {
    spec: FULL,
    drift: [
      ['bridge', 'vlan', 'del', 'dev', 'eth1', 'vid', '10'],
      ['bridge', 'vlan', 'add', 'dev', 'eth1', 'vid', '99'],
      ['ip', 'link', 'set', 'nbr', 'type', 'bridge', 'vlan_filtering', '0'],
      ['ip', 'link', 'set', 'nd1', 'nomaster'],
      ['ip', 'link', 'del', 'nb0.7'],
      ['ip', 'link', 'del', 'nd0'],
      ['ip', 'link', 'set', 'nb1', 'type', 'bond', 'miimon', '70'],
    ],
  },
  { spec: { bonds: [{ name: 'bond0', mode: 'balance-rr' }] } },
  { spec: FULL },
  { spec: CHANGED },
  { spec: {} },
];

/** One file with all that the program needs: the guest has no time to compile. */
function bundle(out: string): string {
  const { buildSync } = createRequire(require.resolve('tsx'))('esbuild');
  const outfile = path.join(out, 'network-vm.js');
  buildSync({
    entryPoints: [path.join(__dirname, 'support/network-vm.ts')],
    bundle: true,
    platform: 'node',
    outfile,
    alias: {
      netloom: path.join(ROOT, 'src/index.ts'),
      'netloom/agent-api': path.join(ROOT, 'src/agent-api/index.ts'),
    },
    logLevel: 'error',
  });
  return '/out/network-vm.js';
}

describeUnless(vmSkipReason(), "a node's network on a kernel with every module", () => {
  let outcomes: VmOutcome[];

  beforeAll(async () => {
    const out = mkdtempSync(path.join(tmpdir(), 'netloom-network-vm-'));
    try {
      writeFileSync(path.join(out, 'specs.json'), JSON.stringify(TRIALS));
      const programs = ['ip', 'bridge'];
      const job = { script: bundle(out), out, modules: MODULES, programs, limitMs: 200_000 };
      const { status, output } = await runInVm(job);
      if (status !== 0) throw new Error(`status ${status} in the virtual machine:\n${output}`);
      outcomes = JSON.parse(readFileSync(path.join(out, 'outcomes.json'), 'utf8'));
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 240_000);

  const outcome = (index: number): VmOutcome => outcomes[index] as VmOutcome;
  const part = (text: string, name: string): string =>
    text.split(/^(?=\d+: )/m).find((one) => new RegExp(`^\\d+: ${name}[@:]`).test(one)) ?? '';

  test('bonds, VLANs, dummies and VLAN filtering come as declared, at the first try', () => {
    const { host, again } = outcome(0);
    expect(part(host, 'nb0')).toMatch(/bond mode active-backup [\s\S]*miimon 50[\s\S]*primary nd1/);
    expect(part(host, 'nb1')).toMatch(
      /mode 802\.3ad [\s\S]*xmit_hash_policy layer3\+4[\s\S]*min_links 1[\s\S]*lacp_rate fast/,
    );
    expect(part(host, 'nd1')).toMatch(/master nb0 /);
    expect(part(host, 'nb0.7')).toMatch(/nb0\.7@nb0.* mtu 1450[\s\S]*vlan protocol 802\.1ad id 7/);
    expect(part(host, 'nbr')).toMatch(/vlan_filtering 1 [\s\S]*vlan_default_pvid 3/);
    const vlans = (name: string): string =>
      (new RegExp(`^${name} .*\\n(?: .*\\n)*`, 'm').exec(host)?.[0] ?? '').replace(/\s+/g, ' ');
    expect(vlans('nbr')).toBe('nbr 5 PVID Egress Untagged 10 ');
    expect(vlans('eth1')).toMatch(/^eth1 5 PVID Egress Untagged 10 11 .* 20 30 $/);
    expect(vlans('eth2')).toMatch(/^eth2 2 3 4 .* 4094 $/);
    expect(vlans('eth3')).toBe('eth3 3 PVID Egress Untagged ');
    expect(again).toEqual([]);
  });

  test('drift of each is repaired', () => {
    const { repairs } = outcome(0);
    expect(Object.keys(repairs).sort()).toEqual([
      'eth1',
      'nb0',
      'nb0.7',
      'nb1',
      'nbr',
      'nd0',
      'nd1',
    ]);
    expect(repairs['eth1']).toEqual(['add VLAN 10 and remove VLAN 99 of port eth1']);
    expect(outcome(2)).toMatchObject({ again: [] });
  });

  test('a bond that the module itself made is not touched', () => {
    expect(outcome(1).steps[0]).toMatch(
      /^refused: spec\.bonds\[0\]\.name: there is a bond "bond0"/,
    );
  });

  test('what is declared otherwise is changed as it stands, or made anew where the kernel wants that', () => {
    const { steps, again, host } = outcome(3);
    expect(steps.filter((words) => words.includes('anew'))).toEqual([
      'delete vlan nbr.10 to make it anew, since its id is 10',
      'delete bond nb0 to make it anew, since its mode is active-backup',
      'make bond (balance-xor): nb0, anew',
      'make VLAN 11 of nbr: nbr.10, anew',
    ]);
    expect(steps).toContain('set the LACP rate of nb1 to slow');
    expect(part(host, 'nb1')).toMatch(/layer2\+3[\s\S]*min_links 0[\s\S]*lacp_rate slow/);
    expect(again).toEqual([]);
  });

  test('all goes without a trace', () => {
    expect(outcome(4).host).not.toMatch(/\b(nb0|nb1|nbr|nd\d)\b|master/);
  });
});
