import type { IConstruct } from 'constructs';
import type { ProblemCode } from '../errors';
import { checkSilence } from '../rules';
import { addSilence } from './silences';
import { checkedBy, validateWith } from './validation';

/**
 * The warnings of a construct and of all below it. A synthesis writes them to standard error, each
 * once, and into the construct's metadata (`netloom:warning`).
 *
 * ```ts
 * Warnings.of(lan).silence('NL_HOST_LOCAL_NODES', 'one node per site');
 * ```
 */
export class Warnings {
  static of(construct: IConstruct): Warnings {
    return new Warnings(construct);
  }

  private constructor(private readonly construct: IConstruct) {}

  /**
   * Takes a warning for told, here and in all below. Networks and workloads that it concerns carry
   * it as annotation `netloom.io/silence`, so that `netloom check` of the output is silent too.
   *
   * @param code of the warning, as it stands behind its text, e.g. `NL_HOST_LOCAL_NODES`
   * @param reason why it is no problem here
   * @throws NL_SILENCE_INVALID, at synthesis, for an error, a code that there is not, no reason
   */
  silence(code: ProblemCode, reason: string): this {
    const problem = checkSilence(code, reason);
    if (problem)
      validateWith(
        this.construct,
        checkedBy(() => [problem]),
      );
    else addSilence(this.construct, code, reason.trim());
    return this;
  }
}
