const MACHINES: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64' };
const DYNAMIC = 6;
const NEEDED = 1n;

/** What a program or library of 64 bits says of itself. */
export interface Elf {
  readonly machine: string | undefined;
  /** Names of shared libraries that have to be there. */
  readonly needed: readonly string[];
}

/**
 * Reads the dynamic section; undefined for what is no ELF file.
 *
 * @see https://gabi.xinuos.com/elf/
 */
export function neededLibraries(file: Buffer): Elf | undefined {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const start = Number(file.readBigUInt64LE(40));
  const size = file.readUInt16LE(58);
  const count = file.readUInt16LE(60);
  const sections = Array.from({ length: count }, (_none, index) => {
    const at = start + index * size;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      length: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
    };
  });
  const machine = MACHINES[file.readUInt16LE(18)];
  const dynamic = sections.find(({ type }) => type === DYNAMIC);
  const strings = dynamic && sections[dynamic.link];
  if (!dynamic || !strings) return { machine, needed: [] };
  const needed: string[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.length; at += 16) {
    if (file.readBigUInt64LE(at) !== NEEDED) continue;
    const from = strings.offset + Number(file.readBigUInt64LE(at + 8));
    needed.push(file.toString('latin1', from, file.indexOf(0, from)));
  }
  return { machine, needed };
}
