import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { dynamicType } from './dynamic-resource';

/**
 * The key by which an agent knows who holds a thing: the stack's identity and the part of the
 * resource's URN that names it in the stack. Computed here because a dynamic provider is told
 * neither. The same in preview and update.
 */
export function ownerOf(
  type: string,
  name: string,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.Output<string> {
  const urn = pulumi.createUrn(name, dynamicType(type), opts?.parent);
  // A promise on the way, because a parent's URN comes with a dependency on all its children.
  const text = new Promise<string>((resolve) => {
    urn.apply(resolve);
  });
  return pulumi.output(text.then((known) => `${stackIdentity()}/${placeInStack(known)}`));
}

/** The qualified type and name of a URN, without the words that every dynamic resource has. */
function placeInStack(urn: string): string {
  return urn.split('::').slice(2).join('::').replaceAll(dynamicType(''), '');
}

/** `netloom:identity` of the stack's configuration, else organisation/project/stack. */
export function stackIdentity(): string {
  const identity = new pulumi.Config('netloom').get('identity');
  if (identity !== undefined && identity !== '') return identity;
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join('/');
}

/** Bytes that a field manager's name may have (apimachinery, ValidateFieldManager). */
const FIELD_MANAGER_BYTES = 128;

/** Who owns the fields of a resource's part of an object: the same in each update, and for no other stack. */
export function fieldManagerOf(name: string): string {
  const text = `netloom:${stackIdentity()}/${name}`;
  if (/^[\x20-\x7e]*$/.test(text) && text.length <= FIELD_MANAGER_BYTES) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `netloom:${digest}`;
}
