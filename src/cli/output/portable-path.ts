import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A path with slashes, on Windows too. */
export function portablePath(file: string): string {
  return file.split(path.sep).join('/');
}

/** A path relative to a folder, with slashes; what is on another drive stays absolute. */
export function relativePath(folder: string, file: string): string {
  return portablePath(path.relative(folder, path.resolve(file)));
}

/** A reference as SARIF has them: relative to the working folder where it can be. */
export function uriOf(file: string): string {
  const relative = relativePath(process.cwd(), file);
  if (path.isAbsolute(relative)) return pathToFileURL(relative).href;
  return relative.split('/').map(encodeURIComponent).join('/');
}
