import { getVersion } from '@pulumi/kubernetes/utilities';
import * as pulumi from '@pulumi/pulumi';

/** A manifest, each of whose members may be known later. */
export interface ObjectManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: unknown;
  readonly [member: string]: unknown;
}

/**
 * Any Kubernetes object, under the type that @pulumi/kubernetes has for its kind: a program may go
 * over to the typed class, and keep the resource.
 */
export class KubernetesObject extends pulumi.CustomResource {
  constructor(name: string, manifest: ObjectManifest, opts: pulumi.CustomResourceOptions = {}) {
    const { apiVersion, kind } = manifest;
    const group = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
    const inputs = { ...manifest } as pulumi.Inputs;
    super(`kubernetes:${group}:${kind}`, name, inputs, { version: getVersion(), ...opts });
  }
}
