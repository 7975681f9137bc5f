import { lateClass } from './late-class';
import type * as late from './multi-net-daemon-set-class';

/** A cdk8s-plus DaemonSet whose pods have more than the cluster network. */
export type MultiNetDaemonSet = late.MultiNetDaemonSet;

/** @see late.MultiNetDaemonSet */
export const MultiNetDaemonSet = lateClass(
  () => (require('./multi-net-daemon-set-class') as typeof late).MultiNetDaemonSet,
);
