import { checkObjects } from 'netloom';
import { AT, inConfig, type Manifest, NETWORKS, objectsOf, say, told } from './support';

describe('S3 OpenShift', () => {
  const ofObject = (index: number, found: string[]): string[] =>
    found.filter((one) => one.startsWith(`${index} `));

  test('S3.1 static with addresses, routes and DNS', () => {
    expect(ofObject(0, told('s3-openshift'))).toEqual([]);
  });

  test.each([
    {
      name: 'an address without prefix length',
      change: (ipam: any) => {
        ipam.addresses[0].address = '191.168.1.7';
      },
      want: 'NL_ADDRESS_INVALID spec.config: ipam.addresses[0].address',
    },
    {
      name: 'a gateway outside of the subnet',
      change: (ipam: any) => {
        ipam.addresses[0].gateway = '191.168.2.1';
      },
      want: 'NL_GATEWAY_OUTSIDE_SUBNET spec.config: ipam.addresses[0].gateway',
    },
    {
      name: 'a route to no network',
      change: (ipam: any) => {
        ipam.routes[0].dst = '192.168.17.5/24';
      },
      want: 'NL_HOST_BITS spec.config: ipam.routes[0].dst',
    },
  ])('S3.1 $name', ({ change, want }) => {
    const found = told('s3-openshift', {
      change: inConfig('static', ({ ipam }) => change(ipam)),
    });
    expect(ofObject(0, found)).toEqual([`0 ${want}`]);
  });

  test('S3.1 the address of the network is for one pod', () => {
    const pod = (name: string): Manifest => ({
      kind: 'Pod',
      metadata: { name, namespace: 'tenants', annotations: { [NETWORKS]: 'static' } },
    });
    const [network] = objectsOf('s3-openshift');
    expect(checkObjects([network, pod('a'), pod('b')]).map(say)).toEqual([
      `2 NL_ADDRESS_NOT_FREE ${AT}: [0]`,
    ]);
  });

  test('S3.4 range and exclude', () => {
    expect(ofObject(1, told('s3-openshift'))).toEqual([]);
  });

  test('S3.4 an exclude outside of the range leaves nothing out', () => {
    const change = inConfig('whereabouts', ({ ipam }) => {
      ipam.exclude = ['192.0.9.0/30'];
    });
    expect(ofObject(1, told('s3-openshift', { change }))).toEqual([
      '1 NL_RANGE_IGNORED spec.config: ipam.exclude[0]',
    ]);
  });

  test('S3.5 one network_name is one pool, also of CIDRs that differ', () => {
    const found = told('s3-openshift');
    expect(found.filter((one) => one.includes('OVERLAP'))).toEqual([]);
  });

  test("S3.5 two network_names don't know of each other", () => {
    const change = inConfig('tenant-2', ({ ipam }) => {
      ipam.network_name = 'another';
    });
    expect(ofObject(3, told('s3-openshift', { change }))).toContain(
      '3 NL_NETWORKS_OVERLAP spec.config: ipam.range',
    );
  });

  test.each([
    { name: 'five fields', data: { reconciler_cron_expression: '*/15 * * * *' }, want: [] },
    {
      name: 'a sixth field',
      data: { reconciler_cron_expression: '0 */15 * * * *' },
      want: ['5 NL_CRON_INVALID data.reconciler_cron_expression'],
    },
    {
      name: 'the key of other platforms',
      data: { 'cron-expression': '*/15 * * * *' },
      want: ['5 NL_KEY_MISSPELT data.cron-expression'],
    },
  ])('S3.7 the schedule: $name', ({ data, want }) => {
    const change = (object: Manifest): void => {
      if (object.kind === 'ConfigMap') object.data = data;
    };
    expect(ofObject(5, told('s3-openshift', { change }))).toEqual(want);
  });

  test('S3.9 dual stack as printed', () => {
    expect(told('s3-openshift-printed')).toEqual([
      '0 NL_CONFIG_NOT_JSON spec.additionalNetworks[0].rawCNIConfig',
    ]);
  });

  test('S3.9 an address of each range is asked for as extra', () => {
    const pod = {
      kind: 'Pod',
      metadata: {
        name: 'mypod',
        annotations: {
          [NETWORKS]: JSON.stringify([
            { name: 'whereabouts-dual-stack', ips: ['192.168.10.5/24'] },
          ]),
        },
      },
    };
    const found = checkObjects([...objectsOf('s3-openshift'), pod]).map(say);
    expect(ofObject(6, found)).toEqual([`6 NL_IPS_EXTRA ${AT}: [0].ips`]);
  });
});
