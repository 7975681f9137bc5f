import { type Attachment, kubeOvnProvider, valueAt } from '../../kubernetes';
import type { ChartPart } from './chart-part';
import { type Code, call, chain, literal, name, type ObjectCode } from './code';
import { objectCode, roleOf } from './item-code';
import type { NetworkItem } from './network-item';
import { plain, type Statement } from './statement';
import type { VariableNames } from './variable-names';
import type { WorkloadItem } from './workload-item';

/** The statements of one workload. */
export interface WrittenWorkload {
  /** What its networks are referred to by, where they are none of the program's. */
  readonly references: readonly Statement[];
  /** The object itself. */
  readonly object: readonly Statement[];
  /** Its networks; none where the annotation is kept. */
  readonly attach: readonly Statement[];
  /** The networks of the program that it attaches to. */
  readonly networks: readonly NetworkItem[];
}

/** Writes pods, and what makes pods, as plain objects that are attached to networks. */
export class WorkloadWriter {
  private readonly networks = new Map<string, NetworkItem>();

  constructor(
    networks: readonly NetworkItem[],
    private readonly variables: ReadonlyMap<object, string>,
    private readonly names: VariableNames,
  ) {
    for (const network of networks) this.networks.set(keyOf(network), network);
  }

  write(item: WorkloadItem, chart: ChartPart): WrittenWorkload {
    const isKept = item.attachments.length === 0 || this.asksKubeOvn(item);
    const isNamed = valueAt(item.manifest, ['metadata', 'name']) !== undefined;
    const variable = this.variables.get(item) as string;
    const manifest = isKept ? (item.whole ?? item.manifest) : item.manifest;
    const references = isKept ? [] : this.referencesOf(item, chart);
    const place = { scope: chart.variable, id: chart.takeId(item.name, roleOf(item)) };
    const object: Statement = {
      comments: isKept ? [KEPT] : [],
      head: isKept && isNamed ? '' : `const ${variable} = `,
      code: objectCode({ ...item, manifest }, place),
    };
    return {
      references,
      object: isNamed ? [object] : [object, withoutName(variable)],
      attach: isKept ? [] : [this.attach(item, variable, chart)],
      networks: isKept ? [] : item.attachments.flatMap((one) => this.networkOf(item, one) ?? []),
    };
  }

  private attach(item: WorkloadItem, variable: string, chart: ChartPart): Statement {
    const calls = item.attachments.map((attachment) => {
      const network = this.networkOf(item, attachment);
      const key = keyOf(attachment, item.namespace);
      const name = network ? this.variables.get(network) : chart.references.get(key);
      return attachCode(attachment, name as string);
    });
    return plain('', chain(`PodNetworks.of(${variable})`, calls));
  }

  /** Declares the networks that the input does not have, each once in a chart. */
  private referencesOf(item: WorkloadItem, chart: ChartPart): Statement[] {
    return item.attachments.flatMap((attachment): Statement[] => {
      const key = keyOf(attachment, item.namespace);
      if (this.networks.has(key) || chart.references.has(key)) return [];
      const { name: own, namespace } = attachment;
      const variable = this.names.take(own, 'network');
      chart.references.set(key, variable);
      const isElsewhere = namespace !== undefined && namespace !== item.namespace;
      const reference = literal({ name: own, ...(isElsewhere && { namespace }) });
      const id = literal(chart.takeId(own, 'network'));
      const code = call('Network.fromName', name(chart.variable), id, reference);
      return [plain(`const ${variable} = `, code)];
    });
  }

  /** Addresses on a network of Kube-OVN: `attach` would ask Kube-OVN itself for them, too. */
  private asksKubeOvn(item: WorkloadItem): boolean {
    return item.attachments.some((attachment) => {
      const network = this.networkOf(item, attachment);
      const isKubeOvn = network && kubeOvnProvider(network.definition) !== undefined;
      return isKubeOvn && (attachment.ips !== undefined || attachment.mac !== undefined);
    });
  }

  private networkOf(item: WorkloadItem, attachment: Attachment): NetworkItem | undefined {
    return this.networks.get(keyOf(attachment, item.namespace));
  }
}

const KEPT = 'Its networks annotation is kept as a text: attach() would not write the same.';

/** An object by namespace and name; those without a namespace are apart. */
function keyOf({ name, namespace }: Pick<Attachment, 'name' | 'namespace'>, standard?: string) {
  return `${namespace ?? standard ?? ''}/${name}`;
}

function attachCode(attachment: Attachment, variable: string) {
  const { name: _name, namespace: _namespace, ...options } = attachment;
  const code = literal(options) as ObjectCode;
  return call('attach', name(variable), ...(code.members.length === 0 ? [] : [code]));
}

/** cdk8s gives a name to what has a `generateName` only. */
function withoutName(variable: string): Statement {
  const patch: Code = call('JsonPatch.remove', literal('/metadata/name'));
  return { ...plain('', call(`${variable}.addJsonPatch`, patch)), isJoined: true };
}
