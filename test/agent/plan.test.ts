import fc from 'fast-check';
import { addressSteps } from '../../node-agent/src/bridges/address-order';
import { checkBridge, checkHost } from '../../node-agent/src/bridges/checks';
import { bridgeMarks, isMarked, ownerAlias, stableMac } from '../../node-agent/src/bridges/marks';
import { planBridge, type WantedBridge } from '../../node-agent/src/bridges/plan';
import type { PlanStep } from '../../node-agent/src/bridges/step';
import type { ManagedParts } from '../../node-agent/src/store';
import { FakeKernel } from './support/fake-kernel';

const NAME = 'br-test';
const marks = bridgeMarks('edge-1', NAME, 'stack');
const nothing: ManagedParts = { addresses: [], ports: [] };

function wanted(spec: WantedBridge['spec'], managed = nothing): WantedBridge {
  return { name: NAME, spec, managed, marks };
}

function kernelWithBridge(addresses: string[] = []): FakeKernel {
  const kernel = new FakeKernel();
  kernel.addLink(NAME, { kind: 'bridge', mac: marks.mac, alias: marks.alias });
  for (const address of addresses) kernel.addAddress(NAME, address);
  return kernel;
}

async function planFor(kernel: FakeKernel, bridge: WantedBridge): Promise<PlanStep[]> {
  return planBridge(bridge, (await kernel.observe()).links);
}

async function words(kernel: FakeKernel, bridge: WantedBridge): Promise<string[]> {
  return (await planFor(kernel, bridge)).map((step) => step.words);
}

describe('the plan of a bridge', () => {
  test('a new one is made, marked, set up, addressed and given its ports, in this order', async () => {
    const kernel = new FakeKernel();
    kernel.addLink('eth1', { up: false });
    const steps = await planFor(
      kernel,
      wanted({
        addresses: ['10.10.0.10/24', '10.10.0.254/24', 'fd00:10::10/64', 'fd00:10::1/64'],
        ports: ['eth1'],
        mtu: 1400,
      }),
    );
    expect(steps.flatMap((step) => step.lines)).toEqual([
      `link add name br-test address ${marks.mac} type bridge`,
      'link set dev br-test alias netloom:stack',
      'link set dev br-test mtu 1400',
      'link set dev br-test up',
      'addr replace 10.10.0.10/24 dev br-test',
      'addr replace 10.10.0.254/24 dev br-test',
      'addr replace fd00:10::1/64 dev br-test nodad',
      'addr replace fd00:10::10/64 dev br-test nodad',
      'link set dev eth1 master br-test',
      'link set dev eth1 up',
    ]);
  });

  test.each([
    {
      name: 'nothing is to do where all is as wanted',
      given: kernelWithBridge(['10.10.0.10/24']),
      wish: wanted({ addresses: ['10.10.0.10/24'] }),
      want: [],
    },
    {
      name: 'an address that netloom did not put there is left alone',
      given: kernelWithBridge(['192.168.7.1/24', '10.10.0.10/24']),
      wish: wanted({ addresses: ['10.10.0.10/24'] }),
      want: [],
    },
    {
      name: 'an address of the former spec is removed',
      given: kernelWithBridge(['10.10.0.10/24', '10.20.0.1/24']),
      wish: wanted({ addresses: ['10.10.0.10/24'] }, { addresses: ['10.20.0.1/24'], ports: [] }),
      want: ['remove 10.20.0.1/24 from br-test'],
    },
    {
      name: 'an address behind the others is simply added',
      given: kernelWithBridge(['10.10.0.10/24']),
      wish: wanted({ addresses: ['10.10.0.10/24', '10.10.0.254/24'] }),
      want: ['add 10.10.0.254/24 on br-test'],
    },
    {
      name: 'an IPv6 address before the others is simply added: the kernel lists the newest first',
      given: kernelWithBridge(['fd00:10::10/64']),
      wish: wanted({ addresses: ['fd00:10::1/64', 'fd00:10::10/64'] }),
      want: ['add fd00:10::1/64 on br-test'],
    },
    {
      name: 'addresses in the wrong order are put there anew, those of the other family not',
      given: kernelWithBridge(['10.10.0.10/24', '10.10.0.254/24', 'fd00:10::1/64']),
      wish: wanted({ addresses: ['10.10.0.254/24', '10.10.0.10/24', 'fd00:10::1/64'] }),
      want: [
        'remove 10.10.0.254/24 from br-test',
        'remove 10.10.0.10/24 from br-test',
        'add 10.10.0.254/24 on br-test',
        'add 10.10.0.10/24 on br-test',
      ],
    },
    {
      name: 'a foreign address that would vanish with one of ours is put back',
      given: kernelWithBridge(['10.10.0.10/24', '10.10.0.99/24']),
      wish: wanted({}, { addresses: ['10.10.0.10/24'], ports: [] }),
      want: [
        'remove 10.10.0.99/24 from br-test',
        'remove 10.10.0.10/24 from br-test',
        'put back 10.10.0.99/24 on br-test',
      ],
    },
    {
      name: 'an address in another notation is the same address',
      given: kernelWithBridge(['fd00:10::1/64']),
      wish: wanted({ addresses: ['FD00:0010:0:0::1/64'] }),
      want: [],
    },
    {
      name: 'an MTU that is no longer asked for goes back to the default',
      given: Object.assign(kernelWithBridge(), {}),
      wish: wanted({}, { addresses: [], ports: [], mtu: 1500 }),
      want: [],
    },
  ])('$name', async ({ given, wish, want }) => {
    expect(await words(given, wish)).toEqual(want);
  });

  test('MTU, MAC address, mark and "up" are set right where they drifted', async () => {
    const kernel = kernelWithBridge();
    Object.assign(kernel.links.get(NAME) as object, {
      mtu: 9000,
      mac: '02:00:00:00:00:01',
      up: false,
    });
    expect(await words(kernel, wanted({}, { ...nothing, mtu: 9000 }))).toEqual([
      `set the MAC address of br-test to ${marks.mac}`,
      'set the MTU of br-test to 1500',
      'set br-test up',
    ]);
    expect(await words(kernel, wanted({ mtu: 1400 }))).toContain('set the MTU of br-test to 1400');
  });

  test('an MTU that nobody ever asked for is left alone', async () => {
    const kernel = kernelWithBridge();
    Object.assign(kernel.links.get(NAME) as object, { mtu: 1450 });
    expect(await words(kernel, wanted({}))).toEqual([]);
  });

  test('only ports that netloom enslaved are released: those of pods are not ours', async () => {
    const kernel = kernelWithBridge();
    kernel.addLink('eth1', { master: NAME });
    kernel.addLink('veth7', { kind: 'veth', master: NAME });
    expect(await words(kernel, wanted({}, { addresses: [], ports: ['eth1'] }))).toEqual([
      'release port eth1 from br-test',
    ]);
  });

  test('a bridge that a crash left without its mark is marked', async () => {
    const kernel = new FakeKernel();
    kernel.addLink(NAME, { kind: 'bridge', mac: marks.mac });
    expect(await words(kernel, wanted({}))).toEqual(["mark br-test as netloom's"]);
  });
});

const v4 = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(24, 16))
  .map(([net, host, length]) => `10.${net}.0.${host}/${length}`);
const v6 = fc
  .tuple(fc.constantFrom('fd00:1::', 'fd00:2::', 'fe80::'), fc.integer({ min: 1, max: 5 }))
  .map(([prefix, host]) => `${prefix}${host}/64`);
const addresses = fc.uniqueArray(fc.oneof(v4, v6), { maxLength: 8 });

/** As the kernel, a spec has no address twice, in whatever network. */
const differs = (list: string[]): boolean =>
  new Set(list.map((text) => text.split('/')[0])).size === list.length;

describe('applying a plan', () => {
  test('reaches what is wanted, leaves foreign addresses there, and leaves nothing to do', async () => {
    await fc.assert(
      fc.asyncProperty(
        addresses.filter(differs),
        addresses.filter(differs),
        addresses,
        fc.boolean(),
        async (want, present, former, promotes) => {
          const all = [...new Set([...want, ...present])];
          fc.pre(differs(all));
          const kernel = kernelWithBridge(present);
          kernel.promotesSecondaries = promotes;
          const bridge = wanted({ addresses: want }, { addresses: former, ports: [] });
          const foreign = present.filter((one) => !want.includes(one) && !former.includes(one));
          await kernel.apply((await planFor(kernel, bridge)).flatMap((step) => step.lines));
          const link = (await kernel.observe()).links.get(NAME);
          expect([...(link?.addresses ?? [])].sort()).toEqual([...want, ...foreign].sort());
          expect(await words(kernel, bridge)).toEqual([]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('lists the addresses of a family in the declared order, where networks do not mix', async () => {
    const ordered = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(ordered, ordered, async (hosts, before) => {
        const of = (list: number[]): string[] => [
          ...list.map((host) => `10.0.0.${host}/24`),
          ...list.map((host) => `fd00::${host}/64`),
        ];
        const kernel = kernelWithBridge(of(before));
        const bridge = wanted({ addresses: of(hosts) }, { addresses: of(before), ports: [] });
        await kernel.apply((await planFor(kernel, bridge)).flatMap((step) => step.lines));
        const link = (await kernel.observe()).links.get(NAME);
        expect(link?.addresses).toEqual(of(hosts));
      }),
    );
  });

  test('touches nothing that is right already when one address is appended', () => {
    fc.assert(
      fc.property(fc.uniqueArray(v4, { minLength: 1, maxLength: 6 }).filter(differs), (list) => {
        const present = new FakeKernel();
        present.addLink(NAME);
        for (const one of list) present.addAddress(NAME, one);
        const { primaries = [], secondaries = [] } = present.links.get(NAME) ?? {};
        const steps = addressSteps(
          4,
          [...list, '172.16.0.1/24'],
          [...primaries, ...secondaries],
          [],
        );
        expect(steps).toEqual([{ action: 'add', address: '172.16.0.1/24' }]);
      }),
    );
  });
});

describe('the marks of a bridge', () => {
  test('an alias is safe in a batch and fits the kernel, and differs where owners differ', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1024 }),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1024 }),
        (one, other) => {
          expect(ownerAlias(one)).toMatch(/^netloom:[A-Za-z0-9._:/@+=,$~-]*$/);
          expect(ownerAlias(one).length).toBeLessThanOrEqual(255);
          if (one !== other) expect(ownerAlias(one)).not.toBe(ownerAlias(other));
        },
      ),
    );
  });

  test('the MAC address is stable, locally administered, unicast, and differs by node and name', () => {
    expect(stableMac('edge-1', 'br-test')).toBe(stableMac('edge-1', 'br-test'));
    const macs = [stableMac('edge-1', 'a'), stableMac('edge-2', 'a'), stableMac('edge-1', 'b')];
    expect(new Set(macs).size).toBe(3);
    for (const mac of macs) expect(Number.parseInt(mac.slice(0, 2), 16) & 3).toBe(2);
  });

  test('only a bridge with our mark is ours, or one a crash left before it was marked', async () => {
    const kernel = new FakeKernel();
    const ours = (parts: object): boolean => {
      kernel.addLink(NAME, { kind: 'bridge', mac: marks.mac, alias: marks.alias, ...parts });
      const { primaries: _p, secondaries: _s, ipv6: _i, ...link } = kernel.links.get(NAME) ?? {};
      return isMarked({ ...link, addresses: [] } as never, marks);
    };
    expect(ours({})).toBe(true);
    expect(ours({ alias: undefined })).toBe(true);
    expect(ours({ kind: 'dummy' })).toBe(false);
    expect(ours({ alias: 'netloom:other' })).toBe(false);
    expect(ours({ alias: 'docker' })).toBe(false);
    expect(ours({ alias: undefined, mac: '02:00:00:00:00:01' })).toBe(false);
  });
});

describe('the guards of a bridge', () => {
  const codes = (problems: { code: string; key: string }[]): string[] =>
    problems.map((problem) => `${problem.code} ${problem.key}`);

  test.each([
    { name: 'sixteen-letters-', spec: {}, want: ['NL_IFNAME_TOO_LONG name'] },
    { name: '-x', spec: {}, want: ['NL_IFNAME_INVALID name'] },
    { name: 'lo', spec: {}, want: ['NL_IFNAME_INVALID name'] },
    {
      name: 'if7',
      spec: { ports: ['if8'] },
      want: ['NL_IFNAME_INVALID name', 'NL_IFNAME_INVALID spec.ports[0]'],
    },
    {
      name: NAME,
      spec: { ports: ['a b', 'eth1', 'eth1', NAME] },
      want: [
        'NL_IFNAME_INVALID spec.ports[0]',
        'NL_BRIDGE_PORT spec.ports[2]',
        'NL_BRIDGE_PORT spec.ports[3]',
      ],
    },
    {
      name: NAME,
      spec: { addresses: ['10.0.0.1', '10.0.0.0/24'] },
      want: ['NL_ADDRESS_INVALID spec.addresses[0]', 'NL_ADDRESS_INVALID spec.addresses[1]'],
    },
    {
      name: NAME,
      spec: { addresses: ['10.0.0.1/24', '10.0.0.1/16'] },
      want: ['NL_ADDRESS_TWICE spec.addresses[1]'],
    },
    {
      name: NAME,
      spec: { addresses: ['fd00::1/64'], mtu: 1000 },
      want: ['NL_VALUES_CONFLICT spec.mtu'],
    },
    { name: NAME, spec: { addresses: ['10.0.0.1/24'], ports: ['enP4p1s0'], mtu: 1000 }, want: [] },
  ])('$name with $spec', ({ name, spec, want }) => {
    expect(codes(checkBridge(name, spec))).toEqual(want);
  });

  test('ports that must not be touched are refused, each with its reason', async () => {
    const kernel = new FakeKernel();
    kernel.addLink('uplink');
    kernel.addLink('mgmt', { primaries: ['192.0.2.5/24'] });
    kernel.addLink('taken', { master: 'br-other' });
    kernel.addLink('br-other', { kind: 'bridge' });
    kernel.addLink('free');
    kernel.defaultRouteLinks.add('uplink');
    const ports = ['uplink', 'mgmt', 'taken', 'br-other', 'gone', 'free'];
    const place = { marks, requestAddress: '192.0.2.5', adopts: false, ours: new Set<string>() };
    const guard = { name: NAME, spec: { ports }, ...place };
    const problems = checkHost({ ...guard, wasMade: false }, await kernel.observe());
    expect(problems.map((problem) => problem.found)).toEqual([
      '"uplink" carries a default route of this host, which would be cut off',
      'this very request came in on "mgmt" (192.0.2.5), which would be cut off',
      '"taken" is a part of "br-other" already',
      '"br-other" is a bridge itself',
      'there is no interface "gone" on this host',
    ]);
    expect(problems.every((problem) => problem.fix === 'one of free?')).toBe(true);
  });
});
