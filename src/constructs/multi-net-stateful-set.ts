import { lateClass } from './late-class';
import type * as late from './multi-net-stateful-set-class';

/** A cdk8s-plus StatefulSet whose pods have more than the cluster network. */
export type MultiNetStatefulSet = late.MultiNetStatefulSet;

/** @see late.MultiNetStatefulSet */
export const MultiNetStatefulSet = lateClass(
  () => (require('./multi-net-stateful-set-class') as typeof late).MultiNetStatefulSet,
);
