import { type IConstruct, Node } from 'constructs';
import type { ProblemCode } from '../errors';
import { modelOf } from './model';

/** Why a warning is no problem here, by its code. */
type Reasons = Map<ProblemCode, string>;

const silences = new WeakMap<IConstruct, Reasons>();

/** What was silenced at a construct itself. */
export function ownSilences(construct: IConstruct): ReadonlyMap<ProblemCode, string> {
  return silences.get(construct) ?? NONE;
}

const NONE: Reasons = new Map();

const standIns = new WeakMap<IConstruct, IConstruct>();

/** Lets a construct that is not in the tree be silenced where another one stands in its place. */
export function silenceAt(construct: IConstruct, place: IConstruct): void {
  standIns.set(construct, place);
}

/** Silences a warning for a construct and all below it. */
export function addSilence(at: IConstruct, code: ProblemCode, reason: string): void {
  const construct = standIns.get(at) ?? at;
  const reasons = silences.get(construct) ?? new Map<ProblemCode, string>();
  silences.set(construct, reasons.set(code, reason));
  modelOf(construct).touch().hasSilences = true;
}

/** Why a warning is no problem at a construct; the nearest scope says so. */
export function silenceOf(construct: IConstruct, code: ProblemCode): string | undefined {
  for (let scope: IConstruct | undefined = construct; scope; scope = Node.of(scope).scope) {
    const reason = silences.get(scope)?.get(code);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
