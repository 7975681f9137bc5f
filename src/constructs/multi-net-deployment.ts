import { lateClass } from './late-class';
import type * as late from './multi-net-deployment-class';

/** A cdk8s-plus Deployment whose pods have more than the cluster network. */
export type MultiNetDeployment = late.MultiNetDeployment;

/** @see late.MultiNetDeployment */
export const MultiNetDeployment = lateClass(
  () => (require('./multi-net-deployment-class') as typeof late).MultiNetDeployment,
);
