import type { HostFile, HostStep } from './install-object';

/**
 * The page that goes with files and steps for hosts: where each belongs, and what to type there.
 *
 * @param nameOf the name of a file's copy beside the page, e.g. `etc/crio/crio.conf.d/50-x.conf.txt`
 */
export function hostReadme(
  files: readonly HostFile[],
  steps: readonly HostStep[],
  nameOf: (file: HostFile) => string,
): string {
  return [
    '# What belongs on hosts\n',
    'Nothing in the cluster can do this, and nothing here goes to the API server. Copy this folder to the\nhosts, and type the commands in it.\n',
    ...(files.length === 0 ? [] : ['## Files\n']),
    ...files.map((file) => fileText(file, nameOf(file))),
    ...(steps.length === 0 ? [] : ['## Steps\n']),
    ...steps.map(stepText),
  ].join('\n');
}

/** A command as a shell takes it, each argument as it is. */
export function commandLine(command: readonly string[]): string {
  return command.map(quoted).join(' ');
}

function fileText({ path, where }: HostFile, name: string): string {
  const install = ['sudo', 'install', '-D', '-m', '0644', name, path];
  return `### \`${path}\`\n\nOn ${where}.\n\n${shellBlock([install])}`;
}

function stepText({ title, where, commands, undo }: HostStep): string {
  const back = undo.length === 0 ? '' : `\nTo take it back:\n\n${shellBlock(undo)}`;
  return `### ${title}\n\nOn ${where}.\n\n${shellBlock(commands)}${back}`;
}

function shellBlock(commands: readonly (readonly string[])[]): string {
  return `\`\`\`sh\n${commands.map(commandLine).join('\n')}\n\`\`\`\n`;
}

function quoted(argument: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
