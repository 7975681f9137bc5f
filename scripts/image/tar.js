'use strict';

/**
 * Writes tar archives (POSIX ustar) whose bytes depend on nothing but names, modes and contents: owner
 * root, time 0, names in order.
 */

const BLOCK = 512;
const TYPES = { file: '0', link: '2', folder: '5' };

/**
 * @typedef {object} Entry
 * @property {'file'|'link'|'folder'} type
 * @property {Buffer} [content] of a file
 * @property {string} [target] of a symbolic link
 * @property {boolean} [executable]
 */

/** A name of up to 100 bytes, and up to 155 in front of a slash. */
function splitName(name) {
  if (Buffer.byteLength(name) <= 100) return { name, prefix: '' };
  const at = name.indexOf('/', name.length - 101);
  const parts = { name: name.slice(at + 1), prefix: name.slice(0, at) };
  if (at > 0 && Buffer.byteLength(parts.name) <= 100 && Buffer.byteLength(parts.prefix) <= 155) {
    return parts;
  }
  throw new Error(`the name ${name} is too long for a tar archive`);
}

function modeOf({ type, executable }) {
  if (type === 'link') return 0o777;
  return type === 'folder' || executable ? 0o755 : 0o644;
}

function header(path, entry) {
  const { name, prefix } = splitName(entry.type === 'folder' ? `${path}/` : path);
  const block = Buffer.alloc(BLOCK);
  const octal = (value, at, length) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0);
  octal(modeOf(entry), 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(entry.content?.length ?? 0, 124, 12);
  octal(0, 136, 12);
  block.write(TYPES[entry.type], 156);
  if (entry.type === 'link') block.write(entry.target, 157);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padded(content) {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

/** Every folder that a path is in has to be there before it. */
function withFolders(entries) {
  const all = new Map(entries);
  for (const path of entries.keys()) {
    const parts = path.split('/');
    for (let count = 1; count < parts.length; count += 1) {
      const folder = parts.slice(0, count).join('/');
      if (!all.has(folder)) all.set(folder, { type: 'folder' });
    }
  }
  return all;
}

/**
 * @param {Map<string, Entry>} entries by path, without a slash in front
 * @returns {Buffer}
 */
function tarOf(entries) {
  const all = withFolders(entries);
  const parts = [];
  for (const path of [...all.keys()].sort()) {
    const entry = all.get(path);
    parts.push(header(path, entry));
    if (entry.type === 'file') parts.push(padded(entry.content));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

module.exports = { tarOf };
