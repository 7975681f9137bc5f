import type { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Layer } from '../kubernetes';
import { annotateForArgoCd } from './gitops-argo-cd';
import { writeStableNames } from './gitops-files';
import { FluxKustomizations, type FluxOptions } from './gitops-flux';
import { chooseLayer } from './gitops-layers';

/**
 * Lets a GitOps controller apply an app in an order that works: namespaces, CustomResourceDefinitions,
 * settings, installs, networks, workloads. Holds for every object of the app, whoever makes it and
 * whenever.
 */
export class GitOps {
  /**
   * Annotates every object for Argo CD: with its sync wave (-50 for namespaces to 0 for workloads),
   * and with `SkipDryRunOnMissingResource=true` where its kind comes in the same sync. What an object
   * says by itself stays. Files get names without numbers, one for each chart.
   *
   * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
   */
  static argoCd(app: App): void {
    annotateForArgoCd(app);
    writeStableNames(app);
  }

  /**
   * Writes the app as one folder for each layer, and Kustomizations of Flux, in the folder `flux`,
   * that apply them one behind the other, each when everything in front is healthy.
   *
   * @returns the Kustomizations, a chart of the app
   * @see https://fluxcd.io/flux/components/kustomize/kustomizations/
   */
  static flux(app: App, options: FluxOptions = {}): FluxKustomizations {
    return new FluxKustomizations(app, options);
  }

  /**
   * Says where everything at and below a construct is applied, in place of what its kinds tell: a
   * DaemonSet of your own that networks need belongs to `installs`. Where nothing nearer says
   * otherwise.
   */
  static setLayer(scope: IConstruct, layer: Layer): void {
    chooseLayer(scope, layer);
  }

  private constructor() {}
}
