// cdk8s charts in a Pulumi program, with netloom's constructs and an output in them.
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Chart } from 'cdk8s';
import * as constructs from 'netloom/constructs';
import { Cdk8sChart } from 'netloom/provider/cdk8s';

const config = new pulumi.Config();
const text = pulumi.output('from-an-output');

const apps = new Cdk8sChart('apps', {
  chart: (app) => {
    const infra = new Chart(app, 'infra');
    const install = new constructs.MultusInstall(infra, 'multus');
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    const lan = new constructs.MacvlanNetwork(chart, 'lan', {
      master: config.get('master') ?? 'eth1',
      ipam: constructs.Ipam.dhcp(),
    });
    lan.node.addDependency(install);
    const pod = new constructs.MultiNetPod(chart, 'web', { containers: [{ image: 'nginx:1.27' }] });
    pod.attach(lan);
    pod.node.addDependency(lan);
    const map = new ApiObject(chart, 'settings', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { whole: text, part: config.get('part') ? `a ${text}` : 'a text' },
    } as never);
    pod.node.addDependency(map);
  },
});

export const paths = [...apps.objects.keys()];
