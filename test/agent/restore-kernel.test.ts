import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  imageBefore,
  JournalFolder,
  placeOfProcess,
  undoOpenChange,
} from '../../node-agent/src/checkpoint';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { hostText } from './support/host-text';
import { deleteLinks, hasOwnNetwork, ip, networkTest } from './support/network';
import { generator } from './support/random';

/** An uplink with addresses and routes, a bridge of somebody's with a pod on it, one that is free. */
function makeHost(): void {
  ip('link', 'add', 'rk-up', 'type', 'veth', 'peer', 'name', 'rk-gw');
  ip('link', 'add', 'rk-p0', 'type', 'veth', 'peer', 'name', 'rk-p1');
  ip('link', 'add', 'rk-br', 'type', 'bridge', 'forward_delay', '400', 'mcast_snooping', '0');
  ip('link', 'set', 'rk-br', 'alias', 'made by hand');
  ip('link', 'set', 'rk-p0', 'master', 'rk-br');
  ip('link', 'set', 'rk-p0', 'type', 'bridge_slave', 'hairpin', 'on', 'cost', '7');
  for (const name of ['rk-up', 'rk-gw', 'rk-p0', 'rk-p1', 'rk-br']) ip('link', 'set', name, 'up');
  ip('addr', 'add', '10.70.0.5/24', 'brd', '+', 'dev', 'rk-up', 'label', 'rk-up:1');
  ip('addr', 'add', '10.70.0.6/24', 'dev', 'rk-up');
  ip('addr', 'add', '10.71.0.1', 'peer', '10.71.0.2/32', 'dev', 'rk-up');
  ip('addr', 'add', 'fd00:70::5/64', 'dev', 'rk-up', 'nodad');
  ip('addr', 'add', 'fd00:70::6/64', 'dev', 'rk-up', 'nodad');
  ip('addr', 'add', '10.72.0.1/24', 'dev', 'rk-br');
  ip('route', 'add', 'default', 'via', '10.70.0.1', 'proto', 'static', 'metric', '70');
  ip('route', 'add', '10.80.0.0/16', 'via', '10.70.0.9', 'metric', '50', 'mtu', '1400');
  ip('route', 'add', '10.81.0.0/16', 'via', '10.99.0.1', 'dev', 'rk-up', 'onlink', 'table', '77');
  ip('route', 'add', '10.82.0.0/16', 'dev', 'rk-up', 'src', '10.70.0.6', 'scope', 'link');
  ip('-6', 'route', 'add', 'default', 'via', 'fd00:70::1', 'dev', 'rk-up', 'metric', '70');
}

const ID = '0123456789abcdef';

const ALL = ['rk-up', 'rk-gw', 'rk-p0', 'rk-p1', 'rk-br', 'rk-new'];

const CHANGES: { name: string; touched: string[]; lines: string[] }[] = [
  {
    name: 'the uplink enslaved to a new bridge, its address moved',
    touched: ['rk-up', 'rk-new'],
    lines: [
      'link add name rk-new type bridge',
      'link set dev rk-new up',
      'link set dev rk-up master rk-new',
      'addr del 10.70.0.5/24 dev rk-up',
      'addr add 10.70.0.5/24 dev rk-new',
      'route replace default via 10.70.0.1 dev rk-new',
    ],
  },
  { name: 'the uplink set down', touched: ['rk-up'], lines: ['link set dev rk-up down'] },
  { name: 'a bridge deleted', touched: ['rk-br'], lines: ['link del dev rk-br'] },
  { name: 'a veth pair deleted', touched: ['rk-up'], lines: ['link del dev rk-up'] },
  {
    name: 'MAC address, MTU, alias and options of a bridge changed',
    touched: ['rk-br'],
    lines: [
      'link set dev rk-br address 02:00:00:00:00:99',
      'link set dev rk-br mtu 1400',
      'link set dev rk-br alias other',
      'link set dev rk-br type bridge stp_state 1 forward_delay 300 mcast_snooping 1 ageing_time 100',
    ],
  },
  {
    name: 'a port taken away, another put in its place, port options changed',
    touched: ['rk-br', 'rk-p0', 'rk-up'],
    lines: [
      'link set dev rk-p0 nomaster',
      'link set dev rk-up master rk-br',
      'addr flush dev rk-br',
    ],
  },
  {
    name: 'addresses and routes flushed',
    touched: ['rk-up'],
    lines: ['addr flush dev rk-up', 'route add 10.0.0.0/8 dev rk-up'],
  },
  {
    name: 'the order of addresses turned round',
    touched: ['rk-up'],
    lines: [
      'addr del 10.70.0.5/24 dev rk-up',
      'addr add 10.70.0.6/24 dev rk-up',
      'addr add 10.70.0.5/24 dev rk-up',
    ],
  },
];

describe('an image brings interfaces back', () => {
  let folder: string;
  let journals: JournalFolder;
  let driver: Iproute2;
  const place = placeOfProcess();

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-restore-'));
    journals = new JournalFolder(folder);
    journals.make();
    driver = new Iproute2(folder);
    if (hasOwnNetwork) makeHost();
  });

  afterEach(() => {
    if (hasOwnNetwork) deleteLinks(...ALL);
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (touched: string[]): Promise<void> => {
    const before = await imageBefore(driver, touched);
    const common = { id: ID, subject: 'test', deadline: 0, sysctls: [] };
    journals.write({ ...common, ...place, touched, before, state: 'open' });
  };

  /** Names go anew with an interface that is made anew. */
  const text = (): string =>
    hostText((one) => ALL.includes(one)).replace(
      /"(ifindex|address|promiscuity)":("[^"]*"|\d+),?/g,
      '',
    );

  for (const { name, touched, lines } of CHANGES) {
    networkTest(name, async () => {
      const before = [text(), hostText((one) => one === 'lo')];
      await open(touched);
      expect(await undoOpenChange(ID, { journals, driver, place })).toMatchObject({
        state: 'undone',
      });
      expect([text(), hostText((one) => one === 'lo')]).toEqual(before);
      await open(touched);
      await driver.force('ip', lines);
      expect(text()).not.toBe(before[0]);
      await undoOpenChange(ID, { journals, driver, place });
      expect([text(), hostText((one) => one === 'lo')]).toEqual(before);
    });
  }

  networkTest(
    'whatever was done to them',
    async () => {
      const seed = Number(process.env.NETLOOM_SEED ?? Math.floor(Math.random() * 2 ** 31));
      console.log(`restore: NETLOOM_SEED=${seed}`);
      const random = generator(seed);
      const some = CHANGES.flatMap((change) => change.lines);
      const touched = ['rk-up', 'rk-br', 'rk-p0', 'rk-new'];
      const before = text();
      for (let run = 0; run < 12; run++) {
        await open(touched);
        const lines = Array.from(
          { length: 6 },
          () => some[Math.floor(random() * some.length)] ?? '',
        );
        await driver.force('ip', lines);
        await undoOpenChange(ID, { journals, driver, place });
        expect([lines, text()]).toEqual([lines, before]);
      }
    },
    60_000,
  );

  networkTest(
    'a change that was begun while one waited to undo another is left alone',
    async () => {
      await open(['rk-up']);
      ip('link', 'set', 'rk-up', 'down');
      const changed = text();
      const other = 'fedcba9876543210';
      expect(await undoOpenChange(other, { journals, driver, place })).toBeUndefined();
      expect([text(), journals.read()?.state]).toEqual([changed, 'open']);
    },
  );

  networkTest('an image of an earlier boot is not put onto the links of this one', async () => {
    await open(['rk-up']);
    ip('link', 'set', 'rk-up', 'down');
    const changed = text();
    const later = { ...place, bootId: 'another' };
    expect(await undoOpenChange(ID, { journals, driver, place: later })).toMatchObject({
      state: 'undone',
    });
    expect(text()).toBe(changed);
  });
});
