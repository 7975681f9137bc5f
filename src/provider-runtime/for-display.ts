import { isNetloomError } from '../errors';
import type { DynamicProvider } from './contract';

/** After what time somebody who waits is told first, and how often at the least, in ms. */
const FIRST_NEWS_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The provider as Pulumi's display wants it. Pulumi prints a stack beside a message, and where in our
 * code a pool was found to be full is of no use to anybody: errors of ours come without. What takes
 * longer than 5 s says so.
 *
 * @param waitingFor words for what a resource waits for, of its inputs or outputs
 */
export function forDisplay<Inputs, Outputs>(
  waitingFor: (props: Inputs | Outputs) => string,
  provider: DynamicProvider<Inputs, Outputs>,
): DynamicProvider<Inputs, Outputs> {
  const shown =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const news = tellMeanwhile(() => waitingFor(args.at(-1) as Inputs | Outputs));
      try {
        return await method(...args);
      } catch (error) {
        if (isNetloomError(error)) error.stack = '';
        throw error;
      } finally {
        news.stop();
      }
    };
  return {
    configure: provider.configure,
    check: shown(provider.check),
    diff: shown(provider.diff),
    create: shown(provider.create),
    read: shown(provider.read),
    update: shown(provider.update),
    delete: shown(provider.delete),
  };
}

/** Tells what is waited for: seldom at last, because a pod may take ten minutes. */
function tellMeanwhile(what: () => string): { stop(): void } {
  const started = Date.now();
  let timer: NodeJS.Timeout;
  const next = (pauseMs: number): void => {
    timer = setTimeout(() => {
      const seconds = Math.round((Date.now() - started) / 1000);
      // The engine shows what a provider writes here.
      process.stderr.write(`${what()} (${seconds} s)\n`);
      next(Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
    }, pauseMs);
  };
  next(FIRST_NEWS_MS);
  return { stop: () => clearTimeout(timer) };
}

/** Words for a resource that an agent carries out. */
export function waitsForAgent(props: { readonly owner?: string; readonly agent?: string }): string {
  const name = props.owner?.split('::').at(-1) ?? '';
  return `${name}: still waiting for ${props.agent === undefined ? 'the agent' : `agent "${props.agent}"`}`;
}
