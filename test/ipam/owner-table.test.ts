import fc from 'fast-check';
import type { Holding } from '../../src/ipam/holding';
import { OwnerTable } from '../../src/ipam/owner-table';

/** What a table needs to know of a holding. */
function holding(owner: string): Holding {
  return { owner } as Holding;
}

const step = fc.record({
  what: fc.constantFrom('set', 'set', 'delete', 'get'),
  owner: fc.integer({ min: 0, max: 60 }).map((number) => `acme/prod::camera-${number}`),
});

describe('the table of owners', () => {
  it('says what a map says, whatever is put in and taken out', () => {
    const property = fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new OwnerTable();
      const map = new Map<string, Holding>();
      for (const { what, owner } of steps) {
        const one = holding(owner);
        if (what === 'set') {
          table.set(one);
          map.set(owner, one);
        } else if (what === 'delete') {
          table.delete(owner);
          map.delete(owner);
        }
        for (const [known, held] of map) expect(table.get(known)).toBe(held);
        expect(table.get(owner)).toBe(map.get(owner));
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('keeps 100,000 owners, gives half of them up, and finds the others', () => {
    const owners = Array.from({ length: 100_000 }, (_, index) => `acme/prod::camera-${index}`);
    const table = new OwnerTable();
    for (const owner of owners) table.set(holding(owner));
    for (let index = 0; index < owners.length; index += 2) table.delete(owners[index] as string);
    const found = owners.map((owner) => table.get(owner)?.owner);
    expect(found).toEqual(owners.map((owner, index) => (index % 2 === 0 ? undefined : owner)));
  });

  it('knows no owner when it is empty, not even the one without a name', () => {
    const table = new OwnerTable();
    table.delete('acme');
    expect([table.get(''), table.get('acme')]).toEqual([undefined, undefined]);
  });
});
