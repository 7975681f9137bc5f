import { checkObjects } from 'netloom';
import { AT, inConfig, NETWORKS, objectsOf, onPods, say, told } from './support';

describe('S2 RKE2', () => {
  const ask = (ips: string[] | undefined): string =>
    JSON.stringify([{ name: 'example-nad', namespace: 'example-multus', ips }]);

  test('S2.5 static without addresses is accepted where the pod brings one', () => {
    expect(told('s2-rke2')).toEqual([]);
  });

  test('S2.5 and refused where nobody does', () => {
    const change = onPods('example-nad-pod', { [NETWORKS]: 'example-nad' });
    expect(told('s2-rke2', { change })).toEqual([`1 NL_ATTACHMENT_IPS ${AT}: [0].ips`]);
  });

  test('S2.6 an address without prefix length', () => {
    const change = onPods('example-nad-pod', { [NETWORKS]: ask(['192.168.122.188']) });
    expect(told('s2-rke2', { change })).toEqual([`1 NL_ADDRESS_INVALID ${AT}: [0].ips[0]`]);
  });

  test('S2.6 two pods with one address', () => {
    const objects = objectsOf('s2-rke2');
    const second = structuredClone(objects[1]);
    second.metadata.name = 'second';
    expect(checkObjects([...objects, second]).map(say)).toEqual([
      `2 NL_ADDRESS_NOT_FREE ${AT}: [0].ips[0]`,
    ]);
  });

  test.each([
    { name: 'host-device', link: { type: 'host-device', device: 'eth1' } },
    { name: 'bridge', link: { type: 'bridge', bridge: 'br-eth1' } },
    { name: 'ipvlan', link: { type: 'ipvlan', master: 'eth1' } },
    { name: 'macvlan', link: { type: 'macvlan', master: 'eth1', mode: 'bridge' } },
  ])('S2.9 $name is accepted', ({ link }) => {
    const change = inConfig('example-nad', (config) => {
      delete config.master;
      Object.assign(config, link);
    });
    expect(told('s2-rke2', { change })).toEqual([]);
  });

  test('S2.9 a host-device is for one pod of a node', () => {
    const objects = objectsOf(
      's2-rke2',
      inConfig('example-nad', (config) => {
        delete config.master;
        Object.assign(config, { type: 'host-device', device: 'eth1' });
      }),
    );
    const second = structuredClone(objects[1]);
    second.metadata.name = 'second';
    second.metadata.annotations[NETWORKS] = ask(['192.168.122.189/24']);
    expect(checkObjects([...objects, second]).map(say)).toEqual([`2 NL_DEVICE_TWICE ${AT}: [0]`]);
  });

  test.each([
    { mode: 'l2', want: [] },
    { mode: 'l3', want: [] },
    { mode: 'L2', want: ['0 NL_VALUE_OUT_OF_RANGE spec.config: mode'] },
  ])('S2.10 mode $mode of ipvlan', ({ mode, want }) => {
    const change = inConfig('example-nad', (config) => Object.assign(config, { mode }));
    const errors = told('s2-rke2', { change }).filter((one) => one.includes('OUT_OF_RANGE'));
    expect(errors).toEqual(want);
  });

  test('S2.10 a MAC address is for macvlan', () => {
    const asked = { name: 'example-nad', ips: ['192.168.122.188/24'], mac: '02:00:00:00:00:01' };
    const change = onPods('example-nad-pod', { [NETWORKS]: JSON.stringify([asked]) });
    expect(told('s2-rke2', { change })).toEqual([`1 NL_KEY_IGNORED ${AT}: [0].mac`]);
  });
});
