import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as ts from 'typescript';
import { makeProgramFolder } from '../support/program-folder';
import { runPulumiProgram } from '../support/pulumi-engine';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
const AGENT = path.join(ROOT, 'node-agent/bin/netloom-agent.js');
const TSX = path.join(ROOT, 'node_modules/.bin/tsx');

interface Snippet {
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...markdownBelow('docs'),
  ...markdownBelow('examples'),
];
const snippets = pages.flatMap(snippetsOf);
const programs = snippets.filter((snippet) => snippet.language === 'ts');

function markdownBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true })
    .map((file) => path.join(folder, String(file)))
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .sort();
}

function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match, index) => ({
    name: `${page} #${index + 1}`,
    language: match[1] as string,
    text: match[2] as string,
  }));
}

function snippet(page: string, language: string, index = 0): string {
  return snippetsOf(page).filter((one) => one.language === language)[index]?.text as string;
}

test('every TypeScript snippet compiles', () => {
  const config = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const files = new Map(
    programs.map((one, index) => [path.join(ROOT, 'examples', `__snippet-${index}.ts`), one]),
  );
  const host = ts.createCompilerHost({ ...options, incremental: false });
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (file) => files.get(file)?.text ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, target, ...rest) => {
    const own = files.get(file);
    return own ? ts.createSourceFile(file, own.text, target) : getSourceFile(file, target, ...rest);
  };
  const program = ts.createProgram(
    [...files.keys()],
    { ...options, incremental: false, noEmit: true },
    host,
  );
  const complaints = [...files].flatMap(([file, own]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map((one) => `${own.name}: ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`),
  );
  expect(programs.length).toBeGreaterThan(1);
  expect(complaints).toEqual([]);
}, 120_000);

describe('the programs of the README', () => {
  let folder: string;

  beforeEach(() => {
    folder = makeProgramFolder();
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function synth(text: string): Promise<string> {
    const file = path.join(folder, 'main.ts');
    writeFileSync(file, text);
    const env = { ...process.env, CDK8S_OUTDIR: path.join(folder, 'dist') };
    await run(TSX, [file], { cwd: folder, env });
    return readdirSync(path.join(folder, 'dist'))
      .map((name) => readFileSync(path.join(folder, 'dist', name), 'utf8'))
      .join('---\n');
  }

  test('the cdk8s one synthesizes what is said of it', async () => {
    const yaml = await synth(snippet('README.md', 'ts', 0));
    expect(yaml).toMatch(/name: lan\n/);
    expect(yaml).toMatch(/name: lan-claimed\n/);
    expect(yaml).toMatch(/networks: lan,lan@lan1\n/);
    expect(yaml).toMatch(/"10\.10\.0\.100\/24"/);
  }, 60_000);

  test('its mistakes read as printed', async () => {
    const text = snippet('README.md', 'ts', 0)
      .replace("gateway: '10.10.0.254'", "gateway: '10.11.0.254'")
      .replace('.attach(lan) // net1', ".attach(lan, { interface: 'lan1' }) // net1");
    const failure = await synth(text).then(
      () => '',
      (error) => String(error.stderr),
    );
    expect(failure).toContain(snippet('README.md', 'text', 1).trim());
  }, 60_000);

  test('the Pulumi one previews', async () => {
    const file = path.join(folder, 'index.ts');
    writeFileSync(file, snippet('README.md', 'ts', 1));
    const config = { 'netloom:agents': '{"edge-1":"https://127.0.0.1:1"}' };
    const result = await runPulumiProgram({
      program: file,
      cwd: folder,
      mode: 'preview',
      config,
      state: [],
    });
    expect(result).toMatchObject({ ok: true, errors: [] });
    expect(result.state.map((one) => one.name)).toEqual(
      expect.arrayContaining(['lan', 'lan-claimed', 'camera']),
    );
  }, 60_000);
});

test('every npm script that is named exists, and every file that is linked', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  for (const page of pages) {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    for (const [, name] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) {
      expect([page, name, Object.keys(scripts).includes(name as string)]).toEqual([
        page,
        name,
        true,
      ]);
    }
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const file = path.join(ROOT, path.dirname(page), target as string);
      expect([page, target, ts.sys.fileExists(file) || ts.sys.directoryExists(file)]).toEqual([
        page,
        target,
        true,
      ]);
    }
  }
});

test('the commands of netloom-agent run as printed', async () => {
  const lines = snippets
    .filter((one) => one.language === 'sh')
    .flatMap((one) => one.text.split('\n'))
    .filter((line) => line.startsWith('netloom-agent '));
  const commands = [...new Set(lines)].map((line) =>
    line.replace(/ +#.*/, '').trim().split(/\s+/).slice(1),
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'netloom-docs-'));
  try {
    mkdirSync(path.join(folder, 'etc'), { mode: 0o700 });
    for (const words of commands) {
      // On this machine instead of on the node of the example.
      const here = words.map((word) =>
        word
          .replace('/etc/netloom', path.join(folder, 'etc'))
          .replace('/backup', folder)
          .replace('10.0.0.5:8443', '127.0.0.1:0'),
      );
      if (here[0] === 'serve') await serveOnce(here);
      // They want a running agent, or run themselves; test/agent has tests of them.
      else if (['apply', 'audit', 'claims', 'pools', 'watchdog'].includes(here[0] as string))
        continue;
      else await run(process.execPath, [AGENT, ...here]);
    }
    expect(commands.map((one) => one[0])).toEqual(
      expect.arrayContaining([
        ...['init', 'serve', 'token', 'cert', 'status', 'remove', 'apply'],
        ...['audit', 'backup', 'restore', 'claims', 'pools'],
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

/** Runs the daemon until it listens, and ends it as systemd would. */
function serveOnce(words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [AGENT, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('"event":"listening"')) child.kill('SIGTERM');
    });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`serve: ${code}`))));
  });
}
