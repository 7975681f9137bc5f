import type { CheckOptions } from '../../rules';
import { Forbidden } from '../cluster/api-server';
import { countNodes } from '../cluster/count-nodes';
import { readObjects, withCluster } from '../cluster/read-cluster';
import { type Finding, findProblems, nameOf, type Report } from '../findings';
import { keepYoungHeapSmall } from '../heap';
import { type Documents, readDocuments } from '../input/documents';
import { readSources } from '../input/read-sources';
import { render } from '../output/render';
import { UsageError } from '../usage-error';
import { type CheckArguments, checkOptions, namespacesOf } from './check-options';

/** What is checked, and what is known of the cluster that it is in. */
interface Input {
  readonly documents: readonly Documents[];
  readonly options: CheckOptions;
}

/**
 * `netloom check`: prints what is wrong in files or in a cluster, and sets the exit status: 0
 * without errors, 1 with.
 *
 * @throws UsageError before anything is printed
 */
export async function check(names: readonly string[], given: CheckArguments): Promise<void> {
  keepYoungHeapSmall();
  const { documents, options } = await readInput(names, given);
  const findings = findProblems(documents, options).map((finding) =>
    given.strict ? asError(finding) : finding,
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  // Before the output: `head` closes it when it has seen enough.
  process.exitCode = errors.length > 0 ? 1 : 0;
  const objects = documents.flatMap((one) => one.objects).filter((object) => nameOf(object));
  const report: Report = {
    files: given.kubeconfig === undefined ? documents.length : 0,
    objects: objects.length,
    findings: given.quiet ? errors : findings,
  };
  process.stdout.write([...render(report, given.format, given.quiet)].join(''));
}

function asError(finding: Finding): Finding {
  return { ...finding, severity: 'error' };
}

async function readInput(names: readonly string[], given: CheckArguments): Promise<Input> {
  const options = checkOptions(given);
  const namespaces = namespacesOf(given);
  const { kubeconfig, context } = given;
  if (kubeconfig === undefined) {
    if (context !== undefined) throw new UsageError('--context goes with --kubeconfig');
    if (namespaces.length > 0) throw new UsageError('--namespace goes with --kubeconfig');
    return { documents: await readFiles(names), options };
  }
  if (names.length > 0) throw new UsageError('either files or --kubeconfig, not both');
  try {
    return await readLive(kubeconfig, context, namespaces, options);
  } catch (error) {
    throw namespaces.length === 0 && error instanceof Forbidden ? withAdvice(error, given) : error;
  }
}

function readLive(
  kubeconfig: string,
  context: string | undefined,
  namespaces: readonly string[],
  options: CheckOptions,
): Promise<Input> {
  return withCluster(kubeconfig, context, async (server) => ({
    documents: [await readObjects(server, namespaces)],
    options: { ...options, nodes: options.nodes ?? (await countNodes(server)) },
  }));
}

/** For users who may read some namespaces only. */
function withAdvice(cause: Forbidden, { kubeconfig, context }: CheckArguments): UsageError {
  const cluster = [`--kubeconfig ${kubeconfig}`, ...(context ? [`--context ${context}`] : [])];
  const command = `netloom check ${cluster.join(' ')} --namespace NS`;
  return new UsageError(`${cause.message}; for a namespace that you may read: ${command}`, {
    cause,
  });
}

async function readFiles(names: readonly string[]): Promise<Documents[]> {
  if (names.length === 0) {
    throw new UsageError('nothing to check: name files, folders or - (standard input)');
  }
  const sources = await readSources(names);
  const documents = sources.map(readDocuments);
  if (documents.every(({ count }) => count === 0)) {
    throw new UsageError(`nothing to check: no document in ${names.join(', ')}`);
  }
  return documents;
}
