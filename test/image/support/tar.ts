/** An entry of a tar archive. */
export interface TarEntry {
  readonly type: 'file' | 'link' | 'folder';
  readonly content: Buffer;
  readonly target: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
}

const BLOCK = 512;
const TYPES: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '2': 'link',
  '5': 'folder',
};

/** Reads a POSIX tar archive (ustar), by name. @throws Error for a header whose sum is wrong */
export function readTar(archive: Buffer): Map<string, TarEntry> {
  const entries = new Map<string, TarEntry>();
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.subarray(at, at + BLOCK);
    const text = (from: number, length: number): string =>
      header.toString('utf8', from, from + length).split('\0')[0] as string;
    const number = (from: number, length: number): number => Number.parseInt(text(from, length), 8);
    const sum = header.reduce((total, byte, index) => {
      return total + (index >= 148 && index < 156 ? 32 : byte);
    }, 0);
    if (sum !== number(148, 8)) throw new Error(`the header at ${at} has a wrong sum`);
    const size = number(124, 12);
    const name = [text(345, 155), text(0, 100)].filter(Boolean).join('/').replace(/\/$/, '');
    if (entries.has(name)) throw new Error(`${name} is there twice`);
    entries.set(name, {
      type: TYPES[text(156, 1)] as TarEntry['type'],
      content: archive.subarray(at + BLOCK, at + BLOCK + size),
      target: text(157, 100),
      mode: number(100, 8),
      uid: number(108, 8),
      gid: number(116, 8),
      mtime: number(136, 12),
    });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}
