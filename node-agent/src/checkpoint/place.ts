import { readlinkSync } from 'node:fs';
import { bootId } from '../bridges/boot-id';

/** Which kernel state this process acts on. */
export interface Place {
  readonly bootId: string;
  /** Network namespace, as the kernel names it: `net:[4026531840]`. */
  readonly network: string;
}

/** Of this process. */
export function placeOfProcess(): Place {
  return { bootId: bootId(), network: networkNamespace() };
}

function networkNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return '';
  }
}
