import { isMembers } from '../../cni';
import {
  describeAttachment,
  describeNetwork,
  interfaceNames,
  NETWORK_KIND,
  NETWORKS_ANNOTATION,
  parseNetwork,
  podsOf,
  RESOURCE_ANNOTATION,
  readJson,
  readNetworksAnnotation,
  valueAt,
} from '../../kubernetes';
import { describeObject, nameOf } from '../findings';
import { readDocuments, type SourceObject } from '../input/documents';
import { readSources } from '../input/read-sources';
import { Locator } from '../places/locator';
import { printable } from '../terminal';
import { UsageError } from '../usage-error';

/**
 * `netloom explain FILE`: prints in words what each network of a file or folder does, and what each
 * pod asks for. What is wrong with them, `netloom check` tells.
 *
 * @param name a file, a folder, or - for standard input
 * @throws UsageError for what is not there, or has no network
 */
export async function explainFile(name: string): Promise<void> {
  const locator = new Locator();
  const documents = (await readSources([name])).map(readDocuments);
  const paragraphs = documents
    .flatMap(({ objects }) => objects)
    .flatMap((object) => paragraphOf(object, locator) ?? []);
  if (paragraphs.length === 0) {
    throw new UsageError(`${name}: neither a network nor a pod that is attached to one`);
  }
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
}

/** Undefined for an object that has nothing to do with networks. */
function paragraphOf(object: SourceObject, locator: Locator): string | undefined {
  const named = nameOf(object);
  const lines = named && linesOf(object.object);
  if (!named || !lines) return undefined;
  const { source, line } = locator.placeOf(object, { path: ['kind'] });
  const heading = `${describeObject(named)} (${source.name}:${line})`;
  return [heading, ...lines.map((text) => `  ${text}`)].map(printable).join('\n');
}

function linesOf(object: Readonly<Record<string, unknown>>): string[] | undefined {
  if (object['kind'] === NETWORK_KIND) return networkLines(object);
  const text = podsOf(object)?.annotations[NETWORKS_ANNOTATION];
  return text === undefined ? undefined : attachmentLines(text);
}

function networkLines(object: Readonly<Record<string, unknown>>): string[] {
  const config = valueAt(object, ['spec', 'config']);
  if (typeof config !== 'string' || config.trim() === '') {
    return ['no configuration: Multus takes the file of this name on the node'];
  }
  const read = readJson(config);
  if ('error' in read) return [`the configuration is not JSON: ${read.error.found}`];
  const metadata = isMembers(object['metadata']) ? object['metadata'] : {};
  const textAt = (...steps: string[]): string | undefined => {
    const value = valueAt(metadata, steps);
    return typeof value === 'string' ? value : undefined;
  };
  const network = parseNetwork(read.value, {
    name: textAt('name') ?? '',
    namespace: textAt('namespace'),
    resourceName: textAt('annotations', RESOURCE_ANNOTATION),
  });
  return network ? describeNetwork(network) : ['no plugin with a type, so nothing'];
}

function attachmentLines(text: string): string[] {
  const { elements, errors } = readNetworksAnnotation(text);
  if (errors.length > 0) return errors.map(({ found }) => found);
  const attachments = elements.map(({ attachment }) => attachment);
  if (attachments.length === 0) return ['no networks'];
  const names = interfaceNames(attachments);
  return attachments.map((one, index) => describeAttachment(one, names[index] as string));
}
