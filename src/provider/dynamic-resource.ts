import * as pulumi from '@pulumi/pulumi';

/** The resources that `netloom/provider-runtime` carries out, by the name of their export there. */
export type RuntimeName =
  | 'addressClaim'
  | 'addressPool'
  | 'connectivityProbe'
  | 'networkStatus'
  | 'nodeBridge'
  | 'nodeNetwork';

/**
 * What Pulumi keeps as a resource's `__provider`: a text that its dynamic provider process loads.
 *
 * A constant, not a serialized class: nothing can be captured in it, it is the same bytes in every
 * release, and a refresh or destroy runs the installed code, never an old copy out of the state. It
 * resolves from the program's folder, which a plain `require` in a text without file name would not.
 * See docs/adr/0002.
 */
export function providerText(name: RuntimeName): string {
  return `exports.handler=()=>require('module').createRequire(process.cwd()+'/index.js')('netloom/provider-runtime').${name}`;
}

/** A resource that netloom's own runtime carries out in Pulumi's dynamic provider process. */
export abstract class DynamicResource extends pulumi.CustomResource {
  constructor(
    runtime: RuntimeName,
    type: string,
    name: string,
    inputs: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    super(dynamicType(type), name, { ...inputs, __provider: providerText(runtime) }, opts);
  }
}

/** The type token of a dynamic resource. Contract: it stands in every state. */
export function dynamicType(type: string): string {
  return `pulumi-nodejs:dynamic/netloom:${type}`;
}
