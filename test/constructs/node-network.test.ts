import { Chart, Testing } from 'cdk8s';
import { NodeNetwork } from 'netloom/constructs';

describe('NodeNetwork', () => {
  test('is a cluster-scoped object with its lists in one order', () => {
    const chart = new Chart(Testing.app(), 'host', { namespace: 'apps' });
    new NodeNetwork(chart, 'workers', {
      nodeSelector: { role: 'worker' },
      macvlans: [{ name: 'shim0', master: 'route:default', routes: [{ dst: '10.20.0.0/24' }] }],
      bridges: [{ name: 'br-lan', ports: [{ link: 'pci:0000:3b:00.0' }] }],
    });
    const [object] = Testing.synth(chart);
    expect(object).toMatchObject({ apiVersion: 'netloom.io/v1alpha1', kind: 'NodeNetwork' });
    expect(object.metadata).toEqual({ name: 'workers' });
    expect(JSON.stringify(object.spec)).toBe(
      '{"bridges":[{"name":"br-lan","ports":[{"link":"pci:0000:3b:00.0"}]}],"macvlans":[{"master":"route:default","name":"shim0","routes":[{"dst":"10.20.0.0/24"}]}],"nodeSelector":{"role":"worker"}}',
    );
  });

  test('mistakes are told at synthesis, with their place', () => {
    const chart = new Chart(Testing.app(), 'host');
    new NodeNetwork(chart, 'workers', {
      bridges: [{ name: 'br-a', ports: [{ link: 'br-a.10' }] }],
      vlans: [{ name: 'br-a.10', link: 'br-a', id: 4095 }],
    });
    expect(() => Testing.synth(chart)).toThrow(
      /\[host\/workers\] vlans\[0\]\.id: 4095[\s\S]*NL_LINK_CYCLE/,
    );
  });
});
