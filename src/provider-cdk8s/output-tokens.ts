import * as pulumi from '@pulumi/pulumi';
import type { IResolver, ResolutionContext } from 'cdk8s';

/** What stands for an output in a manifest; nobody else writes such a text. */
const TOKEN = /netloom-output-(\d+)-token/;

/** What Pulumi makes of an output that somebody turned into text. */
const MISUSED = /Calling \[?to(?:String|JSON)\]? on an \[?Output/;

/**
 * Outputs inside cdk8s constructs: cdk8s gets a text in their place, and the resource gets the output.
 * They work as whole values; what was put together as a text from one can't be brought back.
 */
export class OutputTokens implements IResolver {
  private readonly outputs: pulumi.Output<unknown>[] = [];

  resolve(context: ResolutionContext): void {
    const value: unknown = context.value;
    if (!pulumi.Output.isInstance(value)) return;
    const known = this.outputs.indexOf(value);
    const index = known >= 0 ? known : this.outputs.push(value) - 1;
    context.replaceValue(`netloom-output-${index}-token`);
  }

  /**
   * A manifest with the outputs in the place of what stood for them.
   *
   * @param misused is told the path of each text that an output can't be brought back into
   */
  restore(value: unknown, misused: (path: string) => void, path = ''): unknown {
    if (typeof value === 'string') return this.restoreText(value, misused, path);
    if (Array.isArray(value)) {
      return value.map((one, index) => this.restore(one, misused, `${path}[${index}]`));
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        const place = path === '' ? key : `${path}.${key}`;
        if (TOKEN.test(key) || MISUSED.test(key)) misused(place);
        return [key, this.restore(one, misused, place)];
      }),
    );
  }

  private restoreText(value: string, misused: (path: string) => void, path: string): unknown {
    const match = TOKEN.exec(value);
    if (match?.[0] === value) return this.outputs[Number(match[1])];
    if (match || MISUSED.test(value)) misused(path);
    return value;
  }
}
