/** What colours are decided by. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
}

export type Colour = 'bold' | 'red' | 'yellow' | 'cyan' | 'dim';

/** Gives a text a colour, or leaves it. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, string>> = {
  bold: '1',
  red: '1;31',
  yellow: '1;33',
  cyan: '36',
  dim: '2',
};

/**
 * Colours for a terminal, none for files and pipes. `FORCE_COLOR` and `NO_COLOR` decide otherwise,
 * in this order; a `FORCE_COLOR` of 0 or false switches off.
 *
 * @see https://no-color.org
 */
export function paintFor(terminal: Terminal, env: NodeJS.ProcessEnv): Paint {
  if (!hasColours(terminal, env)) return (_colour, text) => text;
  return (colour, text) => `\x1b[${CODES[colour]}m${text}\x1b[0m`;
}

function hasColours({ isTTY = false }: Terminal, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused } = env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY && !refused && env['TERM'] !== 'dumb';
}

/** Control characters and those that turn the direction of writing: they could hide what is there. */
const HIDING = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** The text in one line, as it is safe to print on a terminal. */
export function printable(text: string): string {
  return text.replace(HIDING, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** The same for a line of source text: each character stays one, and tabs stay. */
export function printableLine(text: string): string {
  return text.replace(HIDING, (character) => (character === '\t' ? character : '\uFFFD'));
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /\p{Mn}|\p{Me}|\u200b|\u200d|\ufeff/u;

/** How many columns of a terminal a text takes, tabs not counted. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (WITHOUT_WIDTH.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
