/** Where the next link begins: inside of a text its quotes would stand behind backslashes. */
const NEXT = /\},(?=\{"ifindex":)/g;

/**
 * Takes the list of links apart that `ip -j` prints, while it comes. With a thousand bridges the list is
 * 1.6 MB of text, and a whole one in memory with all that is in it would be most of what the agent needs.
 */
export class PrintedElements<T> {
  readonly taken: T[] = [];
  private rest = '';
  private isOpen = false;

  /** @param take called with each element in turn */
  constructor(private readonly take: (element: unknown) => T) {}

  add(text: string): void {
    this.rest += text;
    if (!this.isOpen && this.rest.startsWith('[')) {
      this.rest = this.rest.slice(1);
      this.isOpen = true;
    }
    let from = 0;
    for (const { index } of this.rest.matchAll(NEXT)) {
      this.takeAll(this.rest.slice(from, index + 1));
      from = index + 2;
    }
    this.rest = this.rest.slice(from);
  }

  /** @throws SyntaxError when it was cut off */
  end(): T[] {
    const last = this.rest.trim();
    if (this.isOpen !== last.endsWith(']')) {
      throw new SyntaxError(`it ends with ${JSON.stringify(last.slice(-20))}`);
    }
    this.takeAll(last.slice(0, -1));
    return this.taken;
  }

  /** Several where some of them are empty: older releases print `{}` for a link that is not wanted. */
  private takeAll(elements: string): void {
    for (const element of JSON.parse(`[${elements}]`)) this.taken.push(this.take(element));
  }
}
