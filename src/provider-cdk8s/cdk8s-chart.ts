import * as pulumi from '@pulumi/pulumi';
import { type ApiObject, App } from 'cdk8s';
import { KubernetesObject, type ObjectManifest } from '../provider/kubernetes-object';
import { reportTexts, whenAdmitted } from '../provider/problems';
import { orderedObjects } from './chart-objects';
import { OutputTokens } from './output-tokens';

export interface Cdk8sChartArgs {
  /** Makes charts, or anything else, in the app. Called once, at once. */
  chart: (app: App) => unknown;
}

/**
 * The objects of cdk8s charts as resources of a stack, each by itself: a preview shows each, and each
 * comes after those that its construct depends on.
 *
 * ```ts
 * new Cdk8sChart('apps', { chart: (app) => new MyChart(app, 'apps', { namespace: 'apps' }) });
 * ```
 *
 * Pulumi outputs may stand for whole values in a chart. What is wrong with a construct is told with all
 * else that is wrong in the program.
 */
export class Cdk8sChart extends pulumi.ComponentResource {
  /** The objects by the path of their construct. */
  readonly objects: ReadonlyMap<string, KubernetesObject>;

  constructor(name: string, args: Cdk8sChartArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:Cdk8sChart', name, {}, opts);
    const tokens = new OutputTokens();
    const app = new App({ resolvers: [tokens] });
    args.chart(app);
    const made = new Map<ApiObject, KubernetesObject>();
    this.objects = new Map();
    const texts = problemsOf(app);
    reportTexts(this, texts);
    if (texts.length === 0) this.make(name, app, tokens, made, opts);
    this.registerOutputs({});
  }

  private make(
    name: string,
    app: App,
    tokens: OutputTokens,
    made: Map<ApiObject, KubernetesObject>,
    opts: pulumi.ComponentResourceOptions | undefined,
  ): void {
    const misused: string[] = [];
    const own = opts?.dependsOn === undefined ? [] : [opts.dependsOn].flat();
    for (const { object, after } of orderedObjects(app)) {
      const { path } = object.node;
      const manifest = tokens.restore(object.toJson(), (place) => {
        misused.push(misusedText(path, place));
      }) as ObjectManifest;
      const resource = new KubernetesObject(
        `${name}/${path}`,
        { ...manifest, metadata: whenAdmitted(pulumi.output(manifest.metadata)) },
        {
          parent: this,
          dependsOn: [
            ...after.map((one) => made.get(one) as KubernetesObject),
            ...(own as pulumi.Input<pulumi.Resource>[]),
          ],
        },
      );
      made.set(object, resource);
      (this.objects as Map<string, KubernetesObject>).set(path, resource);
    }
    reportTexts(this, misused);
  }
}

/** What a synthesis would end with, a line for each problem. */
function problemsOf(app: App): string[] {
  try {
    // It settles what depends on what across charts, and validates.
    app.synthYaml();
    orderedObjects(app);
    return [];
  } catch (error) {
    const [first = '', ...lines] = (error as Error).message.split('\n');
    const isList = first.startsWith('Validation failed');
    return isList ? lines.map((line) => line.trim()).filter((line) => line !== '') : [first];
  }
}

function misusedText(path: string, place: string): string {
  return `[${path}] ${place}: a Pulumi output was made part of a text here, and can't be brought back. Allowed: outputs as whole values. Fix: pulumi.interpolate as the whole value, or make the object with a netloom component.`;
}
