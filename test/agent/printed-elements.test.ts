import fc from 'fast-check';
import { PrintedElements } from '../../node-agent/src/printed-elements';

function taken(...pieces: string[]): unknown[] {
  const elements = new PrintedElements((element) => element);
  for (const piece of pieces) elements.add(piece);
  return elements.end();
}

describe('the links that `ip -j` prints, taken while they come', () => {
  /** As in an alias, which may have anything but line ends. */
  const text = fc.oneof(fc.string(), fc.constant('},{"ifindex":2}'), fc.constant(']'));
  const link = fc
    .record({ ifname: text, ifalias: text, addr_info: fc.array(fc.record({ local: text })) })
    .map((rest) => ({ ifindex: 1, ...rest, linkinfo: { info_data: { vlans: [{}, {}] } } }));

  test('are those of the whole text, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(link, fc.constant({}))),
        fc.array(fc.nat(3_000), { maxLength: 20 }),
        (links, cuts) => {
          const whole = `${JSON.stringify(links)}\n`;
          const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length];
          at.sort((one, two) => one - two);
          const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));
          expect(taken(...pieces)).toEqual(links);
        },
      ),
    );
  });

  test.each([
    ['nothing at all', ''],
    ['an empty list', '[]\n'],
  ])('are none in %s', (_name, text) => {
    expect(taken(text)).toEqual([]);
  });

  test.each(['[{"ifindex":1,"ifname":"a"', '[{"ifindex":1},{"ifindex":2', '['])(
    'end in an error when the text does: %s',
    (text) => {
      expect(() => taken(text)).toThrow(SyntaxError);
    },
  );

  test('are not kept: only what is taken of them', () => {
    const elements = new PrintedElements(({ ifindex }: any) => ifindex);
    const kept = (): number => JSON.stringify(elements).length;
    elements.add('[');
    for (let ifindex = 1; ifindex <= 100; ifindex++) {
      elements.add(
        `${ifindex === 1 ? '' : ','}{"ifindex":${ifindex},"ifalias":"${'x'.repeat(99)}"}`,
      );
    }
    expect(kept()).toBeLessThan(1_000);
    elements.add(']\n');
    expect(elements.end()).toHaveLength(100);
  });
});
