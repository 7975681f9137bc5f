import { isNetloomError } from '../errors';

/** Undefined where a definition is too broken for arithmetic; its own check tells why. */
export function safely<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (isNetloomError(error) || error instanceof TypeError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}
