import { readFileSync } from 'node:fs';

/** Which boot of the machine this is: a text that is new with each. Empty where the kernel does not tell. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
