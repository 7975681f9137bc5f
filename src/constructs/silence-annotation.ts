import type { IConstruct } from 'constructs';
import { SILENCE_ANNOTATION } from '../rules';
import { problemsOf } from './judgement';
import { type Manifest, withValue } from './manifest';
import { modelOf } from './model';
import { ownSilences, silenceOf } from './silences';

/**
 * The annotation of a construct's object: what was silenced at the construct itself, and what was
 * silenced further up and concerns it. Undefined for none.
 */
export function silenceAnnotation(construct: IConstruct): string | undefined {
  if (!modelOf(construct).hasSilences) return undefined;
  const reasons = new Map<string, string>(ownSilences(construct));
  for (const { code } of problemsOf(construct)) {
    const reason = silenceOf(construct, code);
    if (reason !== undefined) reasons.set(code, reason);
  }
  if (reasons.size === 0) return undefined;
  return JSON.stringify(Object.fromEntries([...reasons].sort()));
}

/** An object as it is written, with the annotation that silences its warnings. */
export function withSilences(construct: IConstruct, manifest: Manifest): Manifest {
  const text = silenceAnnotation(construct);
  return text === undefined ? manifest : withValue(manifest, PATH, text);
}

const PATH = ['metadata', 'annotations', SILENCE_ANNOTATION];
