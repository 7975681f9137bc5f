import { writeFileSync } from 'node:fs';
import { describeProblem, type Problem, severityOf } from '../../errors';
import { checkObjects, type ObjectFinding } from '../../rules';
import { readCluster } from '../cluster/read-cluster';
import { type Imported, importObjects } from '../import/import-objects';
import type { LeftOut } from '../import/item';
import { type Documents, readDocuments, type SourceObject } from '../input/documents';
import { readSources } from '../input/read-sources';
import { Locator, type Place } from '../places/locator';
import { printable } from '../terminal';
import { UsageError, unreadable } from '../usage-error';

/** Options of `netloom import`, as they are written. */
export interface ImportArguments {
  /** File to write the program to. @default - standard output */
  readonly output?: string;
  /** Namespace of objects that name none. @default - none */
  readonly namespace?: string;
  /** File that names a cluster, whose objects are imported instead of files. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig. @default - its current one */
  readonly context?: string;
}

/**
 * `netloom import`: writes a TypeScript program that makes the networks, pools and attached pods of
 * files or of a cluster. Tells on standard error what is wrong and what was left out, and sets the
 * exit status as `netloom check` does: 0 without errors, 1 with.
 *
 * @throws UsageError before anything is written
 */
export async function importManifests(
  names: readonly string[],
  given: ImportArguments,
): Promise<void> {
  const documents = await readInput(names, given);
  const objects = documents.flatMap((one) => one.objects);
  const isComplete = given.kubeconfig !== undefined;
  const findings = checkObjects(
    objects.map(({ object }) => object),
    { isComplete },
  );
  const imported = importObjects(withProblems(objects, findings), given.namespace);
  const messages = new Messages(objects);
  for (const { source, range, problem } of documents.flatMap((one) => one.unreadable)) {
    messages.tell(messages.locator.placeAt(source, range), 'error', describeProblem(problem));
  }
  messages.tellErrors(findings);
  messages.tellLeftOut(imported);
  process.exitCode = messages.hasErrors ? 1 : 0;
  write(imported.text, given.output);
  console.error(closingLine(imported, findings));
}

async function readInput(names: readonly string[], given: ImportArguments): Promise<Documents[]> {
  const { kubeconfig, context } = given;
  if (kubeconfig !== undefined) {
    if (names.length > 0) throw new UsageError('either files or --kubeconfig, not both');
    return [await readCluster(kubeconfig, context)];
  }
  if (context !== undefined) throw new UsageError('--context goes with --kubeconfig');
  if (names.length === 0) {
    throw new UsageError('nothing to import: name files, folders or - (standard input)');
  }
  const documents = (await readSources(names)).map(readDocuments);
  if (documents.some(({ count }) => count > 0)) return documents;
  throw new UsageError(`nothing to import: no document in ${names.join(', ')}`);
}

function withProblems(objects: readonly SourceObject[], findings: readonly ObjectFinding[]) {
  const problems = new Map<number, Problem[]>();
  for (const { index, problem } of findings) {
    problems.set(index, [...(problems.get(index) ?? []), problem]);
  }
  return objects.map(({ object }, index) => ({ object, problems: problems.get(index) ?? [] }));
}

/** What is told on standard error, one line each. */
class Messages {
  readonly locator = new Locator();
  hasErrors = false;
  private readonly wrong = new Set<number>();

  constructor(private readonly objects: readonly SourceObject[]) {}

  tell({ source, line, column }: Place, severity: 'error' | 'note', text: string): void {
    if (severity === 'error') this.hasErrors = true;
    const where = source.kind === 'cluster' ? source.name : `${source.name}:${line}:${column}`;
    console.error(printable(`${where}: ${severity}: ${text}`));
  }

  /** Warnings stand in the program; so do errors, but nobody shall overlook them. */
  tellErrors(findings: readonly ObjectFinding[]): void {
    const errors = findings.filter(({ problem }) => severityOf(problem.code) === 'error');
    // By object, so that each piece of text is parsed for places once.
    for (const { index, where, problem } of errors.toSorted((a, b) => a.index - b.index)) {
      this.wrong.add(index);
      const place = this.locator.placeOf(this.objects[index] as SourceObject, where);
      this.tell(place, 'error', describeProblem(problem));
    }
  }

  tellLeftOut({ leftOut, made, unreferenced }: Imported): void {
    for (const one of leftOut) {
      // Where its error says why, that is enough.
      if (!this.wrong.has(one.index)) this.tellOf(one, 'error');
    }
    for (const one of [...made, ...unreferenced]) this.tellOf(one, 'note');
  }

  private tellOf({ index, what, reason }: LeftOut, severity: 'error' | 'note'): void {
    const object = this.objects[index] as SourceObject;
    const place = this.locator.placeOf(object, { path: ['metadata', 'name'] });
    this.tell(place, severity, `${what} is left out: ${reason}`);
  }
}

function write(text: string, output: string | undefined): void {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(output, text);
  } catch (error) {
    throw unreadable(output, error);
  }
}

function closingLine(imported: Imported, findings: readonly ObjectFinding[]): string {
  const { items, skipped } = imported;
  const indexes = new Set(items.map(({ index }) => index));
  const noted = findings.filter(({ index }) => indexes.has(index)).length;
  const networks = items.filter(({ of }) => of === 'network').length;
  const others = items.length - networks;
  const parts = [
    `${count(networks, 'network')} imported`,
    ...(others > 0 ? [`${count(others, 'other object')} with them`] : []),
    ...(skipped > 0 ? [`${count(skipped, 'object')} skipped`] : []),
    ...(noted > 0 ? [`${count(noted, 'problem')} noted in comments`] : []),
  ];
  return parts.join(', ');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
