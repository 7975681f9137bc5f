import { lateClass } from './late-class';
import type * as late from './multi-net-pod-class';

/** A cdk8s-plus Pod with more than the cluster network. */
export type MultiNetPod = late.MultiNetPod;

/** @see late.MultiNetPod */
export const MultiNetPod = lateClass(
  () => (require('./multi-net-pod-class') as typeof late).MultiNetPod,
);
