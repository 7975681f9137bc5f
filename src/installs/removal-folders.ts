import type { PlatformFacts } from '../kubernetes';
import type { RemovalSettings } from './removal-settings';
import { whereaboutsFolder } from './whereabouts-script';

/** Where the container sees the node's files. */
const ROOT = '/host';
const CRIO_DIR = '/etc/crio';

/** How often a file that came back is looked for. */
const WATCH_SECONDS = 10;
/** Between two looks for what has to end first. */
const WAIT_SECONDS = 5;

interface Folder {
  readonly name: string;
  readonly path: string;
  readonly readOnly?: true;
}

/**
 * The folders of a node that hold something of Multus, or that hold a folder of its own: only so that
 * one can be removed. Nothing else of the node is seen.
 */
function removalFolders(facts: PlatformFacts): readonly Folder[] {
  const { cniConfDir, cniBinDir } = facts;
  const isElsewhere = !`${cniConfDir}/`.startsWith('/etc/cni/');
  return [
    { name: 'etc-cni', path: '/etc/cni' },
    ...(isElsewhere ? [{ name: 'cni', path: cniConfDir }] : []),
    { name: 'cnibin', path: cniBinDir },
    { name: 'state', path: '/var/lib/cni' },
    { name: 'run-multus', path: '/run/multus' },
    { name: 'run-cni', path: '/run/cni' },
    { name: 'run-netns', path: '/run/netns', readOnly: true },
    ...(isCrio(facts) ? [{ name: 'crio', path: CRIO_DIR, readOnly: true } as const] : []),
  ];
}

/** Whether the runtime is CRI-O, which ends each pod with the configuration that it began with. */
export function isCrio({ criSocket }: Pick<PlatformFacts, 'criSocket'>): boolean {
  return criSocket.includes('crio');
}

/** The volumes of the pods that take the files away. */
export function removalVolumes(facts: PlatformFacts): object[] {
  return removalFolders(facts).map(({ name, path }) => ({
    name,
    hostPath: { path, type: 'DirectoryOrCreate' },
  }));
}

/** Where their containers see them. */
export function removalMounts(facts: PlatformFacts): object[] {
  return removalFolders(facts).map(({ name, path, readOnly }) => ({
    name,
    mountPath: `${ROOT}${path}`,
    ...(readOnly ? { readOnly } : {}),
  }));
}

/** What REMOVAL_SCRIPT is told. */
export function removalVariables(
  facts: PlatformFacts,
  settings: RemovalSettings,
  watches: boolean,
): { name: string; value: string }[] {
  const { dryRun = true, phase = 'all', force = false, whereabouts = true } = settings;
  const { cniConfDir } = facts;
  const folders = new Set([`${cniConfDir}/whereabouts.d`, whereaboutsFolder(cniConfDir)]);
  const variables: Readonly<Record<string, string>> = {
    ROOT,
    CONF_DIR: cniConfDir,
    BIN_DIR: facts.cniBinDir,
    WHEREABOUTS_DIRS: whereabouts ? [...folders].join(' ') : '',
    PHASE: phase,
    DRY_RUN: String(dryRun),
    FORCE: String(force),
    CRIO_DIR: isCrio(facts) ? CRIO_DIR : '',
    MASTER: settings.masterCniFile ?? '',
    WAIT_SECONDS: String(WAIT_SECONDS),
    WATCH_SECONDS: String(watches ? WATCH_SECONDS : 0),
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}
