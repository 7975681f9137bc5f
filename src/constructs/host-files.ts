import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { App } from 'cdk8s';
import { type IConstruct, Node } from 'constructs';
import { NetloomError } from '../errors';
import { type HostFile, type HostStep, hostReadme } from '../installs';
import { checkHostFiles } from '../rules';
import { hostPartsOf } from './host-parts';

/**
 * What a program wants on hosts, where no object of the cluster can put it: files, and steps that a
 * person or a tool for hosts takes.
 *
 * ```ts
 * app.synth();
 * HostFiles.of(app).write(); // dist/host/README.md, dist/host/etc/...
 * ```
 */
export class HostFiles {
  /** Of everything at and below `scope`, so of the app or of one chart. */
  static of(scope: IConstruct): HostFiles {
    return new HostFiles(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /** By path; a file that several constructs want is there once. */
  get files(): readonly HostFile[] {
    const files = new Map(hostPartsOf(this.scope).files.map((file) => [file.path, file]));
    return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** In the order in which they are taken; a step that several constructs want is there once. */
  get steps(): readonly HostStep[] {
    const steps = hostPartsOf(this.scope).steps;
    return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
  }

  /**
   * Writes the files below a folder, with a README that says where each belongs and lists the steps.
   * To be called after `app.synth()`: the cdk8s CLI empties its output folder before.
   *
   * Each copy has `.txt` behind its name, so that neither `kubectl apply -R` nor `cdk8s synth
   * --stdout` nor a GitOps controller takes it for a manifest. Writes nothing, and follows no
   * symbolic link, outside of the folder.
   *
   * What an earlier run wrote and this one does not stays: the README lists what belongs there.
   *
   * @param dir @default - `host` in the app's output folder; beside `templates` in a Helm chart
   * @returns the files that were written, the README first; none when nothing belongs on hosts
   * @throws NL_NAME_INVALID for a path that leads out of the folder, or a symbolic link in the way
   * @throws NL_VALUES_CONFLICT for two contents of one file: those of several clusters go into folders
   * of their own
   */
  write(dir?: string): string[] {
    const { files, steps } = this;
    if (files.length === 0 && steps.length === 0) return [];
    const problems = checkHostFiles(hostPartsOf(this.scope).files);
    if (problems.length > 0) throw new NetloomError(problems);
    const folder = resolve(dir ?? defaultFolder(this.scope));
    mkdirSync(dirname(folder), { recursive: true });
    return [
      writeBelow(folder, 'README.md', hostReadme(files, steps, nameOf)),
      ...files.map((file) => writeBelow(folder, nameOf(file), file.content)),
    ];
  }
}

const nameOf = ({ path }: HostFile): string => `${path.slice(1)}.txt`;

/** Helm takes every file below `templates` for a template. */
function defaultFolder(scope: IConstruct): string {
  const root = Node.of(scope).root;
  const outdir = resolve(root instanceof App ? root.outdir : 'dist');
  const chart = dirname(outdir);
  const isHelm = basename(outdir) === 'templates' && existsSync(join(chart, 'Chart.yaml'));
  return join(isHelm ? chart : outdir, 'host');
}

/** Writes a file as a whole or not at all. */
function writeBelow(folder: string, name: string, content: string): string {
  const segments = name.split('/');
  let parent = folder;
  makeFolder(parent);
  for (const segment of segments.slice(0, -1)) {
    parent = join(parent, segment);
    makeFolder(parent);
  }
  const file = join(folder, name);
  const written = join(parent, `.${randomUUID()}`);
  try {
    writeFileSync(written, content, { flag: 'wx' });
    renameSync(written, file);
  } finally {
    rmSync(written, { force: true });
  }
  return file;
}

/** A folder itself: a link in its place could lead anywhere. */
function makeFolder(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found) mkdirSync(folder);
  if (!found || found.isDirectory()) return;
  throw new NetloomError({
    code: 'NL_NAME_INVALID',
    key: 'dir',
    found: `"${folder}" is a symbolic link or a file`,
    allowed: 'folders, on the way to the files for hosts',
    fix: 'remove it, or choose another folder',
  });
}
