/** Words that no variable of a module may have as its name. */
const RESERVED = new Set(
  (
    'arguments as async await break case catch class const continue debugger default delete do else ' +
    'enum eval export exports extends false finally for function globalThis if implements import in ' +
    'instanceof interface let module new null of package private protected public require return ' +
    'static super switch this throw true try type typeof undefined using var void while with yield'
  ).split(' '),
);

/** Names of the variables of one program, each once. */
export class VariableNames {
  private readonly taken = new Set<string>();

  /** @param taken what the program itself uses */
  constructor(taken: readonly string[]) {
    for (const one of taken) this.taken.add(one);
  }

  /**
   * A name for a variable: that of an object in camelCase, `tenant-a` as `tenantA`. Where that is no
   * name, or is taken, its role comes behind, then a number.
   *
   * @param role what it is, e.g. `chart` or `network`
   */
  take(text: string, role: string): string {
    const words = camelCase(text);
    const plain = words === '' ? role : /^\d/.test(words) ? role + words : words;
    const long = words === plain ? camelCase(`${words}-${role}`) : plain;
    for (let count = 0; ; count++) {
      const name = count === 0 ? plain : count === 1 ? long : `${long}${count}`;
      if (RESERVED.has(name) || this.taken.has(name)) continue;
      this.taken.add(name);
      return name;
    }
  }
}

function camelCase(text: string): string {
  const [first = '', ...others] = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const begin = /^[A-Z0-9]+$/.test(first) ? first.toLowerCase() : lowerFirst(first);
  return begin + others.map((word) => (word[0] as string).toUpperCase() + word.slice(1)).join('');
}

function lowerFirst(word: string): string {
  return word.slice(0, 1).toLowerCase() + word.slice(1);
}
