import type { JsonPatch } from 'cdk8s';
import type { NetworkConfig } from '../cni';
import type { Problem } from '../errors';
import { type CniPatch, checkCniPatches, patchedCni } from '../rules';

/** A configuration with patches applied to it. @throws Error for those that {@link checkPatches} tells of */
export function patchedConfig(config: NetworkConfig, patches: readonly JsonPatch[]): NetworkConfig {
  return patchedCni(config, plain(patches));
}

/** What is wrong with patches; keys are `patchCni[0]` and so on, by the method that they came by. */
export function checkPatches(
  method: string,
  config: NetworkConfig,
  patches: readonly JsonPatch[],
): Problem[] {
  return checkCniPatches(method, config, plain(patches));
}

function plain(patches: readonly JsonPatch[]): CniPatch[] {
  return patches.map((patch) => patch._toJson());
}
