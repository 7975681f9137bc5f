import { PLATFORM_NAMES, platformFacts } from 'netloom';

test('each platform has facts of its own name', () => {
  expect(PLATFORM_NAMES).toEqual([
    'kubernetes',
    'k3s',
    'rke2',
    'microshift',
    'openshift',
    'kube-ovn',
    'tanzu',
  ]);
  for (const name of PLATFORM_NAMES) expect(platformFacts(name).name).toBe(name);
});

test('CRI-O has folders of its own, and what is set goes before them', () => {
  expect(platformFacts('kubernetes').cniBinDir).toBe('/opt/cni/bin');
  const crio = platformFacts('kubernetes', { cri: 'cri-o' });
  expect(crio).toMatchObject({ cniBinDir: '/usr/libexec/cni', criSocket: '/run/crio/crio.sock' });
  const own = platformFacts('kubernetes', { cri: 'cri-o', cniBinDir: '/srv/cni' });
  expect(own).toMatchObject({ cniBinDir: '/srv/cni', cniConfDir: '/etc/cni/net.d' });
});
