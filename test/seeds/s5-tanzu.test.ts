import { told } from './support';

describe('S5 Tanzu', () => {
  test('S5.7 the route can take the default away, and nodes give one address twice', () => {
    expect(told('s5-tanzu', { facts: { nodes: 3 } })).toEqual([
      '0 NL_DEFAULT_ROUTE_TAKEN spec.config: ipam.routes[0]',
      '0 NL_HOST_LOCAL_NODES spec.config: ipam',
    ]);
  });

  test('S5.7 on one node only the route is left', () => {
    expect(told('s5-tanzu', { facts: { nodes: 1 } })).toEqual([
      '0 NL_DEFAULT_ROUTE_TAKEN spec.config: ipam.routes[0]',
    ]);
  });
});
