import { describeProblem } from '../../errors';
import { describeObject, type Finding, type Report } from '../findings';
import { type Paint, printable } from '../terminal';
import { excerptOf } from './excerpt';

export interface HumanOptions {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** Leaves out the closing line. */
  readonly quiet: boolean;
}

/** For people: one paragraph for each finding, with the line it is about, and a closing line. */
export function* renderHuman(report: Report, options: HumanOptions): Generator<string> {
  for (const finding of report.findings) yield `${paragraph(finding, options).join('\n')}\n\n`;
  if (!options.quiet) yield `${closingLine(report)}\n`;
}

function paragraph({ place, object, severity, problem }: Finding, options: HumanOptions): string[] {
  const { paint } = options;
  const { source, line, column } = place;
  const isCluster = source.kind === 'cluster';
  const where = isCluster ? source.name : `${source.name}:${line}:${column}`;
  const colour = severity === 'error' ? 'red' : 'yellow';
  const message = printable(describeProblem({ ...problem, key: '' }));
  const number = isCluster ? '' : String(line);
  const gutter = (text: string): string => paint('dim', `${text.padStart(5)} |`);
  const excerpt = excerptOf(place, options.width - 'NNNNN | '.length);
  const names = [object && !isCluster ? describeObject(object) : '', problem.key];
  const subject = names.filter((name) => name !== '').join(': ');
  return [
    `${paint('bold', `${printable(where)}:`)} ${paint(colour, `${severity}:`)} ${message}`,
    `${gutter(number)} ${excerpt.line}`,
    `${gutter('')} ${paint(colour, excerpt.carets)}`,
    ...(subject === '' ? [] : [`${' '.repeat(8)}${paint('cyan', printable(subject))}`]),
  ];
}

function closingLine({ objects, findings }: Report): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const parts = [count(errors, 'error'), count(findings.length - errors, 'warning')];
  return `${count(objects, 'object')} checked: ${parts.join(', ')}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
