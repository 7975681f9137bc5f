import { type App, Chart, Testing } from 'cdk8s';
import { checkMultusInstall, dhcpParts, multusParts, platformFacts } from 'netloom';
import { BridgeNetwork, HostFiles, Ipam, MultusInstall, Platform } from 'netloom/constructs';
import { warningsTold } from '../constructs/support';

const FACTS = platformFacts('microshift');

describe('S1.1 Multus and the DHCP daemon', () => {
  const { objects, hostFiles, hostSteps } = multusParts(FACTS, {});

  test('come with a package: no object, one file', () => {
    expect(objects).toEqual([]);
    expect(dhcpParts(FACTS, {}).objects).toEqual([]);
    expect(hostFiles).toEqual([
      {
        path: '/etc/microshift/config.d/00-enable-multus.yaml',
        content: 'network:\n  multus:\n    status: Enabled\n',
        where: 'the MicroShift host, as root',
      },
    ]);
  });

  test('install, check of CRI-O, restart; and the way back', () => {
    expect(hostSteps.map(({ commands }) => commands.map((one) => one.join(' ')))).toEqual([
      ['dnf install -y microshift-multus'],
      [
        'grep -F cni_default_network = "multus-cni-network" /etc/crio/crio.conf.d/12-microshift-multus.conf',
        'grep -F "/run/cni/bin" /etc/crio/crio.conf.d/12-microshift-multus.conf',
      ],
      ['systemctl restart crio.service', 'systemctl restart microshift.service'],
    ]);
    expect(hostSteps[0]?.undo.map((one) => one.join(' '))).toEqual([
      'dnf remove -y microshift-multus',
      'rm -f /etc/microshift/config.d/00-enable-multus.yaml',
      'systemctl restart crio.service',
      'systemctl restart microshift.service',
      'oc delete namespace openshift-multus --ignore-not-found',
    ]);
  });

  test('nothing can be set of it', () => {
    const problems = checkMultusInstall(FACTS, { version: 'v4.2.4' });
    expect(problems.map(({ key }) => key)).toEqual(['version']);
  });
});

describe('S1.3 a bridge whose pods lease addresses', () => {
  const program = (ipam: Ipam): { app: App; text: string } => {
    const app = Testing.app();
    Platform.microshift().applyTo(app);
    const chart = new Chart(app, 'edge', { namespace: 'default' });
    new MultusInstall(chart, 'multus');
    new BridgeNetwork(chart, 'bridge-conf', { bridge: 'br-test', ipam });
    app.synth();
    const steps = HostFiles.of(app).steps;
    return { app, text: JSON.stringify(steps) };
  };

  test('a warning, and a step for the firewall that is undone on removal', () => {
    const { app, text } = program(Ipam.dhcp());
    expect(warningsTold()).toEqual([expect.stringMatching(/br-test.*NL_DHCP_SERVER/)]);
    expect(text).toContain('--remove-service=dhcp');
    const step = HostFiles.of(app).steps.find(({ title }) => title.includes('firewalld'));
    expect(step?.undo[0]).toEqual(['firewall-cmd', '--permanent', '--add-service=dhcp']);
  });

  test('no step for other IPAMs', () => {
    const { text } = program(Ipam.hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] }));
    expect(text).not.toContain('firewall-cmd');
  });
});
