import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { App, Yaml } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { objectsBelow } from './gitops-layers';

/**
 * Lets `cdk8s synth --format helm` write a chart that can be installed: CustomResourceDefinitions go
 * into its `crds` folder. Among the templates they would come too late: Helm asks for the kinds of all
 * templates before it applies the first.
 *
 * Everything else is written as always; nothing happens where the output is no Helm chart.
 */
export function writeHelmDefinitions(root: IConstruct): void {
  if (!(root instanceof App)) return;
  const synth = root.synth.bind(root);
  root.synth = () => {
    const chart = helmChartOf(root);
    if (chart === undefined) return synth();
    const definitions = new Map<string, unknown>();
    const restore = objectsBelow(root)
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map((object) => {
        const { toJson } = object;
        object.toJson = () => {
          definitions.set(object.name, toJson.call(object));
          // cdk8s passes over it.
          return undefined;
        };
        return () => {
          object.toJson = toJson;
        };
      });
    try {
      synth();
    } finally {
      for (const one of restore) one();
    }
    for (const [name, manifest] of definitions) {
      mkdirSync(join(chart, 'crds'), { recursive: true });
      writeFileSync(join(chart, 'crds', `${name}.yaml`), Yaml.stringify(manifest));
    }
  };
}

/** The folder of the Helm chart whose templates an app writes; undefined where it writes none. */
function helmChartOf(app: App): string | undefined {
  const outdir = resolve(app.outdir);
  const chart = dirname(outdir);
  const isHelm = basename(outdir) === 'templates' && existsSync(join(chart, 'Chart.yaml'));
  return isHelm ? chart : undefined;
}
