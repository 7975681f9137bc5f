import type { PlatformFacts } from '../kubernetes';
import type { InstallParts } from './install-object';
import { k3sMultus } from './k3s';
import { kubeOvnMultus } from './kube-ovn';
import { microshiftMultus } from './microshift';
import { multusObjects } from './multus-objects';
import type { MultusSettings } from './multus-settings';
import { openshiftMultus } from './openshift';
import { rke2Multus } from './rke2';
import { tanzuMultus } from './tanzu';

/** Multus on a platform, in the way in which it gets there. */
export function multusParts(facts: PlatformFacts, settings: MultusSettings): InstallParts {
  switch (facts.name) {
    case 'kubernetes':
      return { objects: multusObjects(facts, settings), hostFiles: [], hostSteps: [] };
    case 'k3s':
      return k3sMultus(facts, settings);
    case 'rke2':
      return rke2Multus(facts, settings);
    case 'kube-ovn':
      return kubeOvnMultus(facts, settings);
    case 'microshift':
      return microshiftMultus(facts, settings);
    case 'openshift':
      return openshiftMultus(facts, settings);
    case 'tanzu':
      return tanzuMultus(facts, settings);
  }
}
