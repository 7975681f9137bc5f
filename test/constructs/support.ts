import { Chart, Testing } from 'cdk8s';
import { BridgeNetwork, Ipam } from 'netloom/constructs';

/** An object as it is written. */
export type Manifest = any;

export const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

const told: string[] = [];

/** Warnings must not come by accident: a test takes those that it wants. */
beforeEach(() => {
  told.length = 0;
  const write = process.stderr.write.bind(process.stderr);
  jest.spyOn(process.stderr, 'write').mockImplementation(((text: string, ...rest: never[]) => {
    if (!String(text).startsWith('warning: ')) return write(text, ...rest);
    told.push(String(text));
    return true;
  }) as typeof process.stderr.write);
});

afterEach(() => {
  jest.restoreAllMocks();
  expect(told).toEqual([]);
});

/** What was written to standard error since the last time, one line each. */
export function warningsTold(): string[] {
  return told.splice(0).map((text) => text.replace(/^warning: /, '').trimEnd());
}

/** A chart in namespace `apps` of an app of its own, whose synthesis writes into a folder of its own. */
export function appsChart(): Chart {
  return new Chart(Testing.app(), 'apps', { namespace: 'apps' });
}

/** The problems that a synthesis ends with, one line each, as cdk8s prints them. */
export function problemsOfSynth(synth: () => unknown): string[] {
  try {
    synth();
  } catch (error) {
    const [first, ...lines] = (error as Error).message.split('\n');
    if (first !== 'Validation failed with the following errors:') throw error;
    return lines.map((line) => line.trim());
  }
  return [];
}

/** `[PATH] KEY CODE` of a line: what the rules' own tests do not cover. */
export function placeOf(line: string): string {
  const [, place, code] = /^(\[[^ ]*\] [^ ]*): .*\((NL_[A-Z_]+)\)$/.exec(line) ?? [];
  return place === undefined ? line : `${place} ${code}`;
}

/** The objects of a kind by name. */
export function objectsOf(chart: Chart, kind: string): Map<string, Manifest> {
  const found = (Testing.synth(chart) as Manifest[]).filter((one) => one.kind === kind);
  return new Map(found.map((one) => [one.metadata.name, one]));
}

/** The CNI configurations of a chart's networks by name. */
export function configsOf(chart: Chart): Map<string, Manifest> {
  const networks = [...objectsOf(chart, 'NetworkAttachmentDefinition')];
  return new Map(networks.map(([name, { spec }]) => [name, JSON.parse(spec.config)]));
}

/** What cdk8s-plus wants of a workload. */
export const CONTAINERS = { containers: [{ image: 'nginx:1.27', portNumber: 80 }] };

/** A bridge network with a claimable part. */
export const lanOf = (chart: Chart, more: object = {}): BridgeNetwork =>
  new BridgeNetwork(chart, 'lan', {
    bridge: 'br-test',
    ipam: Ipam.hostLocal({
      ranges: [{ subnet: '10.10.0.0/24' }],
      claimable: ['10.10.0.100-10.10.0.119'],
    }),
    ...more,
  });
