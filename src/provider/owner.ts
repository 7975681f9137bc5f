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
  return urn.apply((text) => `${stackIdentity()}/${text.split('::').slice(2).join('::')}`);
}

/** `netloom:identity` of the stack's configuration, else organisation/project/stack. */
export function stackIdentity(): string {
  const identity = new pulumi.Config('netloom').get('identity');
  if (identity !== undefined && identity !== '') return identity;
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join('/');
}
