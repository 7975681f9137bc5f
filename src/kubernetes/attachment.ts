import { definedOnly } from '../cni';

/** Annotation in which a pod names its networks. */
export const NETWORKS_ANNOTATION = 'k8s.v1.cni.cncf.io/networks';

/** Annotation in which Multus says what a pod got. */
export const NETWORK_STATUS_ANNOTATION = 'k8s.v1.cni.cncf.io/network-status';

/** One network on one pod. */
export interface Attachment {
  /** Name of the NetworkAttachmentDefinition. */
  readonly name: string;
  /** @default - the pod's namespace */
  readonly namespace?: string | undefined;
  /** Interface in the pod, 1 to 15 bytes. @default - net1, net2 and so on, by position */
  readonly interface?: string | undefined;
  /** Addresses asked for; static IPAM needs the prefix length. @default - the IPAM chooses */
  readonly ips?: readonly string[] | undefined;
  /** MAC address asked for, `02:00:00:00:00:01`. @default - the plugin chooses */
  readonly mac?: string | undefined;
  /** Next hops: moves the pod's default route to this interface. At most one of each family. */
  readonly defaultRoute?: readonly string[] | undefined;
}

/** Names that fit the short form: Multus refuses a dot there; of an interface, before 4.1. */
const SHORT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * The value of a pod's `networks` annotation: the short form where it can say it all, else JSON.
 *
 * @param podNamespace left out of attachments that live in it
 */
export function networksAnnotation(
  attachments: readonly Attachment[],
  podNamespace: string | undefined,
): string {
  const relative = attachments.map((attachment) =>
    attachment.namespace === podNamespace ? { ...attachment, namespace: undefined } : attachment,
  );
  if (relative.every(isShort)) return relative.map(shortForm).join(',');
  return JSON.stringify(relative.map(jsonForm), undefined, 2);
}

function isShort(attachment: Attachment): boolean {
  const { name, namespace, interface: ifname, ips, mac, defaultRoute } = attachment;
  return (
    SHORT_NAME.test(name) &&
    (namespace === undefined || SHORT_NAME.test(namespace)) &&
    (ifname === undefined || SHORT_NAME.test(ifname)) &&
    ips === undefined &&
    mac === undefined &&
    defaultRoute === undefined
  );
}

function shortForm(attachment: Attachment): string {
  const namespace = attachment.namespace === undefined ? '' : `${attachment.namespace}/`;
  const suffix = attachment.interface === undefined ? '' : `@${attachment.interface}`;
  return `${namespace}${attachment.name}${suffix}`;
}

function jsonForm(attachment: Attachment): object {
  return definedOnly({
    name: attachment.name,
    namespace: attachment.namespace,
    interface: attachment.interface,
    ips: attachment.ips,
    mac: attachment.mac,
    'default-route': attachment.defaultRoute,
  });
}

/**
 * Reads the annotation's value as Multus does: JSON as soon as it has one of `[`, `{` and `"`.
 *
 * @throws SyntaxError for a value that Multus can't read
 */
export function parseNetworksAnnotation(value: string, podNamespace: string): Attachment[] {
  if (value === '') return [];
  if (/[[{"]/.test(value)) {
    const parsed: unknown = JSON.parse(value);
    if (!Array.isArray(parsed)) throw new SyntaxError('the JSON form is a list of objects');
    return parsed.map((element: unknown) => {
      if (typeof element === 'object' && element !== null) {
        return fromJson(element as Record<string, unknown>, podNamespace);
      }
      throw new SyntaxError(`${JSON.stringify(element)} stands for no attachment`);
    });
  }
  return value.split(',').map((item) => fromShort(item.trim(), podNamespace));
}

function fromJson(element: Record<string, unknown>, podNamespace: string): Attachment {
  const name = textOf(element, 'name');
  if (name === undefined) throw new SyntaxError('an attachment has no name');
  return definedOnly({
    name,
    namespace: textOf(element, 'namespace') ?? podNamespace,
    interface: textOf(element, 'interface') ?? textOf(element, 'interfaceRequest'),
    ips: textsOf(element, 'ips'),
    mac: textOf(element, 'mac'),
    defaultRoute: textsOf(element, 'default-route'),
  });
}

/** Go takes null and an empty text for left out, and refuses any other type. */
function textOf(element: Record<string, unknown>, key: string): string | undefined {
  const value = element[key] ?? '';
  if (typeof value !== 'string') throw new SyntaxError(`${key} is not a text`);
  return value === '' ? undefined : value;
}

function textsOf(element: Record<string, unknown>, key: string): string[] | undefined {
  const value = element[key] ?? undefined;
  if (value === undefined) return undefined;
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (!isList) throw new SyntaxError(`${key} is not a list of texts`);
  return value;
}

function fromShort(item: string, podNamespace: string): Attachment {
  const match = /^(?:([^/@]+)\/)?([^/@]+)(?:@([^/@]+))?$/.exec(item);
  const [, namespace, name, ifname] = match ?? [];
  if (name === undefined) throw new SyntaxError(`"${item}" is not [NAMESPACE/]NAME[@INTERFACE]`);
  return definedOnly({
    name: name.trim(),
    namespace: namespace?.trim() ?? podNamespace,
    interface: ifname?.trim(),
  });
}

/** The interface of each attachment, `net<position>` where none is named. */
export function interfaceNames(attachments: readonly Attachment[]): string[] {
  return attachments.map((attachment, index) => attachment.interface ?? `net${index + 1}`);
}
