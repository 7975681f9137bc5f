import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ApiObject, App, Yaml } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { isMembers } from '../cni';
import { isOfInstall, objectsBelow } from './gitops-layers';

/**
 * Lets `cdk8s synth --format helm` write a chart that can be installed: CustomResourceDefinitions go
 * into its `crds` folder. Among the templates they would come too late: Helm asks for the kinds of all
 * templates before it applies the first. What Helm would take for an action in an object of an install,
 * such as the words of an alert, is quoted.
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
    const restore = objectsBelow(root).map((object) => {
      if (object.kind === 'CustomResourceDefinition') {
        // cdk8s passes over what is undefined.
        return rewritten(object, (manifest) => void definitions.set(object.name, manifest));
      }
      return isOfInstall(object) ? rewritten(object, quoted) : undefined;
    });
    try {
      synth();
    } finally {
      for (const one of restore) one?.();
    }
    for (const [name, manifest] of definitions) {
      mkdirSync(join(chart, 'crds'), { recursive: true });
      writeFileSync(join(chart, 'crds', `${name}.yaml`), Yaml.stringify(manifest));
    }
  };
}

/** Lets an object be written in another way, until the function that is given back is called. */
function rewritten(object: ApiObject, change: (manifest: unknown) => unknown): () => void {
  const { toJson } = object;
  object.toJson = () => change(toJson.call(object));
  return () => {
    object.toJson = toJson;
  };
}

/** Texts as Helm prints them again. Backquotes, because YAML never changes them. */
function quoted(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('{{', '{{ `{{` }}');
  if (Array.isArray(value)) return value.map(quoted);
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, quoted(one)]));
}

/** The folder of the Helm chart whose templates an app writes; undefined where it writes none. */
function helmChartOf(app: App): string | undefined {
  const outdir = resolve(app.outdir);
  const chart = dirname(outdir);
  const isHelm = basename(outdir) === 'templates' && existsSync(join(chart, 'Chart.yaml'));
  return isHelm ? chart : undefined;
}
