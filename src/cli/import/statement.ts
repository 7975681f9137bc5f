import type { Code } from './code';
import { LINE_WIDTH, printStatement } from './print-code';

/** A statement of the program, with what is to be said about it. */
export interface Statement {
  readonly comments: readonly string[];
  /** What stands in front, e.g. `const lan = `. */
  readonly head: string;
  readonly code: Code;
  /** True for what belongs to the statement before it. @default false */
  readonly isJoined?: boolean;
}

/** A statement that nothing is said about. */
export function plain(head: string, code: Code): Statement {
  return { comments: [], head, code };
}

/** Statements in a row, a blank line between those that don't belong together. */
export function printStatements(statements: readonly Statement[]): string {
  return statements
    .map(({ comments, head, code, isJoined = false }, index) => {
      const blank = index === 0 || isJoined ? '' : '\n';
      return `${blank}${comments.map(comment).join('')}${printStatement(head, code)}\n`;
    })
    .join('');
}

/** A comment in lines of their own. */
export function comment(text: string): string {
  const lines: string[] = [];
  // What would end a line, or hide the rest of it, is no part of a word.
  for (const word of text.split(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/u)) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && longer.length <= LINE_WIDTH) lines[lines.length - 1] = longer;
    else lines.push(`// ${word}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** What cdk8s itself brings; all else is netloom's. */
const CDK8S: readonly string[] = ['ApiObject', 'App', 'Chart', 'JsonPatch'];

/** The imports of some statements, only what they use. */
export function printImports(statements: readonly Statement[]): string {
  const used = new Set<string>();
  for (const { code } of statements) addClasses(used, code);
  const names = [...used].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const cdk8s = names.filter((name) => CDK8S.includes(name));
  const netloom = names.filter((name) => !CDK8S.includes(name));
  return printImport(cdk8s, 'cdk8s') + printImport(netloom, 'netloom/constructs');
}

function printImport(names: readonly string[], from: string): string {
  if (names.length === 0) return '';
  const line = `import { ${names.join(', ')} } from '${from}';\n`;
  if (line.length <= LINE_WIDTH + 1) return line;
  return `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${from}';\n`;
}

/** The classes that an expression begins calls with. */
function addClasses(used: Set<string>, code: Code): void {
  const add = (callee: string): void => {
    const [, name] = /^(?:new )?([A-Z]\w*)/.exec(callee) ?? [];
    if (name !== undefined) used.add(name);
  };
  switch (code.kind) {
    case 'text':
      return;
    case 'object':
      for (const [, value] of code.members) addClasses(used, value);
      return;
    case 'array':
      for (const item of code.items) addClasses(used, item);
      return;
    case 'call':
      add(code.callee);
      for (const arg of code.args) addClasses(used, arg);
      return;
    case 'chain':
      add(code.head);
      for (const one of code.calls) addClasses(used, one);
  }
}
