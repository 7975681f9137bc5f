/** Annotation with the step of a sync in which Argo CD applies an object; 0 without. */
export const SYNC_WAVE_ANNOTATION = 'argocd.argoproj.io/sync-wave';

/** Annotation with options of Argo CD for one object, with commas between. */
export const SYNC_OPTIONS_ANNOTATION = 'argocd.argoproj.io/sync-options';

/** What makes an object run at another time than its wave says. */
const HOOK_ANNOTATIONS: readonly string[] = ['argocd.argoproj.io/hook', 'helm.sh/hook'];

const SKIP_DRY_RUN = 'SkipDryRunOnMissingResource';

export interface ArgoCdOrder {
  readonly wave: number;
  /** True for an object whose kind the cluster may not know before the sync. */
  readonly isEarlyKind: boolean;
}

/**
 * The annotations that let Argo CD apply an object at its place, beside those that it has. What is
 * said already stays: a wave, a hook, and each sync option.
 */
export function argoCdAnnotations(
  given: Readonly<Record<string, string>>,
  { wave, isEarlyKind }: ArgoCdOrder,
): Readonly<Record<string, string>> {
  const added: Record<string, string> = {};
  const isPlaced = [SYNC_WAVE_ANNOTATION, ...HOOK_ANNOTATIONS].some((name) => name in given);
  if (!isPlaced) added[SYNC_WAVE_ANNOTATION] = String(wave);
  if (isEarlyKind) {
    const options = given[SYNC_OPTIONS_ANNOTATION] ?? '';
    const names = options.split(',').map((option) => option.trim().split('=')[0]);
    if (!names.includes(SKIP_DRY_RUN)) {
      const all = [options.trim(), `${SKIP_DRY_RUN}=true`].filter((option) => option !== '');
      added[SYNC_OPTIONS_ANNOTATION] = all.join(',');
    }
  }
  return added;
}
