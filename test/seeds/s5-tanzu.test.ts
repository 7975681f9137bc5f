import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocuments } from '../../src/cli/input/documents';
import { objectsOf, told } from './support';

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

  test('S5.7 as printed, the closing quote below its key: read as kubectl reads it', () => {
    // Biome's YAML is stricter than kubectl's, and would refuse the file under its own name.
    const text = readFileSync(path.join(__dirname, 's5-tanzu-printed.txt'), 'utf8');
    const { objects, unreadable } = readDocuments({ kind: 'file', name: 'nad.yaml', text });
    expect(unreadable).toEqual([]);
    const [printed, repaired] = [objects[0]?.object, objectsOf('s5-tanzu')[0]] as any[];
    expect(JSON.parse(printed.spec.config)).toEqual(JSON.parse(repaired.spec.config));
  });
});
