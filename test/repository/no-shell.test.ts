import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '../..');

/** The only files that may start a program, each with what it starts. */
const STARTERS: Readonly<Record<string, string>> = {
  'node-agent/src/iproute2.ts': 'ip, bridge',
  'node-agent/src/monitor-process.ts': 'ip monitor',
  'node-agent/src/audit/held-lock.ts': 'flock',
  'node-agent/src/firewalld/firewall-cmd.ts': 'firewall-cmd',
  'node-agent/src/node-facts/cni-plugins.ts': 'CNI plugins',
  'node-agent/src/reach/ping.ts': 'ping',
};

/** Take arguments as an array and start no shell, unless told to. */
const PLAIN = ['spawn', 'execFile', 'type ChildProcess', 'type ChildProcessByStdio'];

/** What starts a shell, or programs by a text of their own. */
const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'ash', 'env', 'xargs', 'eval'];

function sourcesBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((file) => path.join(folder, String(file)))
    .filter((file) => file.endsWith('.ts'))
    .sort();
}

interface Finding {
  readonly file: string;
  readonly what: string;
}

function findings(file: string, text: string): Finding[] {
  const found: Finding[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const tell = (what: string): void => {
    found.push({ file, what });
  };
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && /^(node:)?child_process$/.test(node.text)) {
      const clause = ts.isImportDeclaration(node.parent) ? node.parent.importClause : undefined;
      const names = clause?.namedBindings;
      const isNamed = names !== undefined && ts.isNamedImports(names);
      const imported = isNamed ? names.elements.map((one) => one.getText()) : ['all of it'];
      for (const name of imported) if (!PLAIN.includes(name)) tell(`imports ${name}`);
      if (!(file in STARTERS)) tell('starts programs');
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'shell') tell('sets shell');
    if (ts.isShorthandPropertyAssignment(node) && node.name.text === 'shell') tell('sets shell');
    if (ts.isCallExpression(node) && /^(spawn|execFile)$/.test(node.expression.getText())) {
      const [command] = node.arguments;
      const text = command && ts.isStringLiteralLike(command) ? path.basename(command.text) : '';
      if (SHELLS.includes(text)) tell(`starts ${text}`);
    }
    if (ts.isIdentifier(node) && node.text === 'eval') tell('calls eval');
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

const files = [...sourcesBelow('src'), ...sourcesBelow('node-agent/src')];

test('no shell anywhere: few files start programs, with their arguments as arrays', () => {
  const all = files.flatMap((file) => findings(file, readFileSync(path.join(ROOT, file), 'utf8')));
  expect(all).toEqual([]);
});

test('who may start programs is still there', () => {
  expect(Object.keys(STARTERS).filter((file) => !files.includes(file))).toEqual([]);
});

test.each([
  ["import { exec } from 'node:child_process';", 'imports exec'],
  ["import * as all from 'child_process';", 'imports all of it'],
  ["const { execSync } = require('node:child_process');", 'imports all of it'],
  ["import { spawn } from 'node:child_process'; spawn('ip', [], { shell: true });", 'sets shell'],
  ["import { spawn } from 'node:child_process'; spawn('/bin/sh', ['-c', x]);", 'starts sh'],
])('%s is found', (text, what) => {
  expect(findings('node-agent/src/iproute2.ts', text)).toContainEqual({
    file: 'node-agent/src/iproute2.ts',
    what,
  });
});
