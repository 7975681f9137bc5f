import { multusParts, platformFacts } from 'netloom';

const FACTS = platformFacts('kube-ovn');
const text = (settings = {}): string => JSON.stringify(multusParts(FACTS, settings).objects);

test.each(['thick', 'thin'] as const)('S4.1 Multus (%s) stands in front of Kube-OVN', (mode) => {
  expect(text({ mode })).toContain('01-kube-ovn.conflist');
  const plain = JSON.stringify(multusParts(platformFacts('kubernetes'), { mode }).objects);
  expect(plain).not.toContain('kube-ovn');
});

test('S4.1 another name of its file counts for both', () => {
  const other = text({ masterCniFile: '10-kube-ovn.conflist' });
  expect(other).toContain('/etc/cni/net.d/10-kube-ovn.conflist');
  expect(other).not.toContain('01-kube-ovn');
});
