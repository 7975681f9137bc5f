import type { Problem } from '../errors';
import type { HostFile } from '../installs';
import { shortJson } from './short-json';

/** Letters, digits and what the files of packages are called with: no blanks, no control characters. */
const SEGMENT = /^[A-Za-z0-9_@%+=:,.-]+$/;

/**
 * Checks files for hosts: paths that lead out of a folder, and two contents for one path.
 *
 * @param files all that there are, by the order in which they were asked for
 */
export function checkHostFiles(files: readonly HostFile[]): Problem[] {
  const contents = new Map<string, string>();
  return files.flatMap(({ path, content }) => {
    const key = `hostFiles[${JSON.stringify(path)}]`;
    const before = contents.get(path) ?? content;
    contents.set(path, before);
    return [...checkHostPath(key, path), ...(before === content ? [] : [twice(key, path)])];
  });
}

/** Checks an absolute path of a file on a host, as it is written: nothing is resolved. */
export function checkHostPath(key: string, path: unknown): Problem[] {
  const segments = typeof path === 'string' ? path.split('/') : [];
  const fits =
    segments.length > 1 &&
    segments[0] === '' &&
    segments.slice(1).every((one) => SEGMENT.test(one) && one !== '.' && one !== '..');
  if (fits) return [];
  return [
    {
      code: 'NL_NAME_INVALID',
      key,
      found: `${shortJson(path)} is not an absolute path of a file on a host`,
      allowed: 'names behind "/", without "..", blanks and an end in "/"',
      fix: 'write the whole path, such as /etc/rancher/rke2/config.yaml.d/50-netloom.yaml',
    },
  ];
}

function twice(key: string, path: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `two contents are wanted for "${path}"`,
    allowed: 'one content for each file of a host',
    fix: 'give them the same settings; for several clusters, write the files of each into a folder of its own: HostFiles.of(chart).write(dir)',
  };
}
