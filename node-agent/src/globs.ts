/** `*` stands for any characters, also none; everything else for itself. */
export function matches(glob: string, text: string): boolean {
  const star = glob.indexOf('*');
  if (star < 0) return glob === text;
  if (star === glob.length - 1) return text.startsWith(glob.slice(0, star));
  return matchesParts(glob, text);
}

function matchesParts(glob: string, text: string): boolean {
  if (glob === '*') return true;
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return text.endsWith(last);
}
