import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type App, type Chart, Names, Yaml, YamlOutputType } from 'cdk8s';

/** Members of cdk8s that are private to it: without them the CLI's reports name no constructs. */
interface Innards {
  readonly recordConstructMetadata?: boolean;
  writeConstructMetadata?(objects: readonly unknown[]): void;
}

/**
 * File names of charts without the number that cdk8s puts in front of them, which changes whenever a
 * chart comes or goes, and without a hash where two charts don't share a name.
 */
export function stableNames(charts: readonly Chart[]): ReadonlyMap<Chart, string> {
  const plain = charts.map((chart) => Names.toDnsLabel(chart, { includeHash: false }));
  return new Map(
    charts.map((chart, at) => {
      const name = plain[at] as string;
      const isShared = plain.filter((other) => other === name).length > 1;
      return [chart, isShared ? Names.toDnsLabel(chart) : name];
    }),
  );
}

/** Lets an app write one file for each chart under a name that stays. */
export function writeStableNames(app: App): void {
  const synth = app.synth.bind(app);
  app.synth = () => {
    synth();
    if (app.yamlOutputType !== YamlOutputType.FILE_PER_CHART) return;
    const { charts } = app;
    const names = stableNames(charts);
    for (const [at, chart] of charts.entries()) {
      const written = Names.toDnsLabel(chart);
      const numbered = `${String(at).padStart(4, '0')}-${written}`;
      const to = `${names.get(chart)}${app.outputFileExtension}`;
      for (const from of [numbered, written].map((name) => name + app.outputFileExtension)) {
        if (from === to || !existsSync(join(app.outdir, from))) continue;
        renameSync(join(app.outdir, from), join(app.outdir, to));
      }
    }
  };
}

/** A file below an app's output folder, and the manifests that belong into it. */
export interface OutputFile {
  readonly path: string;
  readonly manifests: readonly unknown[];
}

/** Lets an app write other files than cdk8s does: whatever its `yamlOutputType` says. */
export function writeInstead(app: App, files: () => readonly OutputFile[]): void {
  app.synth = () => {
    for (const { path, manifests } of files()) {
      const file = join(app.outdir, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Yaml.stringify(...manifests));
    }
    const { recordConstructMetadata } = app as unknown as Innards;
    if (!recordConstructMetadata) return;
    const objects = app.charts.flatMap((chart) => objectsOf(chart));
    (app as unknown as Innards).writeConstructMetadata?.(objects);
  };
}

function objectsOf(chart: Chart): unknown[] {
  return chart.node.findAll().filter((one) => 'apiVersion' in one);
}
