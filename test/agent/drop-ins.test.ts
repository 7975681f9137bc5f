import { dropIns } from '../../node-agent/src/bridges/drop-ins';
import type { BridgeRecord } from '../../node-agent/src/store';

function bridge(name: string, ports: string[]): BridgeRecord {
  const managed = { addresses: [], ports };
  return { name, owner: 'o', identity: 'i', incarnation: 1, spec: { ports }, managed };
}

test('without bridges there is nothing to leave alone', () => {
  expect(dropIns([])).toEqual([]);
});

test('bridges and their ports stand in both files, each once, whatever the order', () => {
  const both = [bridge('br-b', ['eth1', 'eth1.5']), bridge('br-a', [])];
  expect(dropIns(both)).toEqual(dropIns([...both].reverse()));
  expect(dropIns(both).map(({ path, content }) => [path, content])).toEqual([
    [
      '/etc/NetworkManager/conf.d/90-netloom.conf',
      `# Of netloom-agent drop-ins: these links are netloom's.
[device-netloom]
match-device=interface-name:br-a;interface-name:br-b;interface-name:eth1;interface-name:eth1.5
managed=0
`,
    ],
    [
      '/etc/systemd/network/05-netloom.network',
      `# Of netloom-agent drop-ins: these links are netloom's.
[Match]
Name=br-a br-b eth1 eth1.5

[Link]
Unmanaged=yes
`,
    ],
  ]);
});
