/** How many texts are remembered: what one network, or one claim, is made of. A bigger map costs more than it saves. */
const LIMIT = 64;

/**
 * Remembers what texts meant. Checks, rendering and the address book all start from the text, so
 * that one address is parsed a dozen times; what it is parsed to never changes.
 */
export class ParsedTexts<T> {
  private readonly known = new Map<string, T>();

  constructor(private readonly parse: (text: string) => T) {}

  get(text: string): T {
    const before = this.known.get(text);
    if (before !== undefined) return before;
    const parsed = this.parse(text);
    if (this.known.size >= LIMIT) this.known.clear();
    this.known.set(text, parsed);
    return parsed;
  }
}
