import path from 'node:path';
import { NetloomError } from 'netloom';
import { loadConfig } from '../config';
import { isPlainPath, systemdUnits, type UnitFile } from '../systemd-units';

/**
 * The files with which systemd runs the agent of this configuration.
 *
 * @param command the agent's program, as an absolute path
 * @throws NetloomError NL_CONFIG_INVALID for a path or user that a unit can't hold
 */
export function unitsOf(configFile: string, command: string, user: string): UnitFile[] {
  const { stateDir, host } = loadConfig(configFile);
  const given = { '--config': path.resolve(configFile), '--command': command, stateDir };
  const problems = Object.entries(given).flatMap(([key, file]) =>
    isPlainPath(file) ? [] : [unfit(key, file, 'an absolute path of letters, digits and /._@+-')],
  );
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(user)) {
    problems.push(unfit('--user', user, 'up to 31 of a-z, 0-9, "_" and "-"'));
  }
  if (problems.length > 0) throw new NetloomError(problems);
  const usesFirewalld = host.firewalld.length > 0;
  return systemdUnits({
    command,
    configFile: path.resolve(configFile),
    stateDir,
    user,
    usesFirewalld,
  });
}

/** For people: each file below its path. */
export function unitText(files: readonly UnitFile[]): string {
  return files.map(({ path: file, content }) => `${file}\n\n${content}`).join('\n');
}

function unfit(key: string, value: string, allowed: string): NetloomError['problems'][number] {
  return {
    code: 'NL_CONFIG_INVALID',
    key,
    found: `${JSON.stringify(value)} can't stand in a systemd unit`,
    allowed,
    fix: 'choose another one',
  };
}
