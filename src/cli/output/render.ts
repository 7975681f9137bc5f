import type { Report } from '../findings';
import type { Format } from '../formats';
import { paintFor } from '../terminal';
import { renderGithub } from './github';
import { renderHuman } from './human';
import { renderJson } from './json';
import { renderSarif } from './sarif';

/** Length of the lines in files and pipes, and where a terminal says 0. */
const DEFAULT_WIDTH = 120;

/** A narrower terminal breaks the lines by itself. */
const LEAST_WIDTH = 60;

/** The report in one of the formats, part by part. */
export function render(report: Report, format: Format, quiet: boolean): Iterable<string> {
  const { stdout, env } = process;
  switch (format) {
    case 'human':
      return renderHuman(report, {
        paint: paintFor(stdout, env),
        width: Math.max(LEAST_WIDTH, stdout.columns || DEFAULT_WIDTH),
        quiet,
      });
    case 'json':
      return renderJson(report);
    case 'sarif':
      return renderSarif(report);
    case 'github':
      return renderGithub(report, env);
  }
}
