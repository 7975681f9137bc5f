import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import ts from 'typescript';
import { importObjects } from '../../../src/cli/import/import-objects';

/** An object as it is written. */
export type Manifest = any;

const root = join(__dirname, '..', '..', '..');

/** The program that some objects become, without what rules say of them. */
export function importText(objects: readonly Manifest[], namespace?: string): string {
  const imported = objects.map((object) => ({ object, problems: [] }));
  return importObjects(imported, namespace).text;
}

/** What the compiler says of programs, with the repository's settings: nothing for right ones. */
export function compileErrors(programs: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = new Map(
    programs.map((text, index) => [join(root, 'test', `imported-${index}.ts`), text]),
  );
  const settings = { ...options, incremental: false, noUnusedLocals: true };
  delete settings.tsBuildInfoFile;
  const host = ts.createCompilerHost(settings);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, target, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, target, ...rest)
      : ts.createSourceFile(name, text, target);
  };
  const program = ts.createProgram([...files.keys()], settings, host);
  return [...files.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return found.map(({ messageText, start = 0 }) => {
      const line = (file?.text.slice(0, start) ?? '').split('\n').length;
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${line}: ${text}\n${file?.text
        .split('\n')
        .slice(line - 3, line + 3)
        .join('\n')}`;
    });
  });
}

/** The objects that a program makes, whatever is wrong with them. */
export function objectsOf(program: string): Manifest[] {
  return run(program, (app) =>
    app.node
      .findAll()
      .filter((one) => cdk8s.ApiObject.isApiObject(one))
      .map((one) => (one as cdk8s.ApiObject).toJson()),
  );
}

/** The YAML that the program's own synthesis gives. @throws Error for what is wrong */
export function synthesis(program: string): string {
  return run(program, (app) => app.synthYaml());
}

function run<T>(program: string, atSynth: (app: cdk8s.App) => T): T {
  const module = ts.ModuleKind.CommonJS;
  const target = ts.ScriptTarget.ES2022;
  const { outputText } = ts.transpileModule(program, { compilerOptions: { module, target } });
  const results: T[] = [];
  class App extends cdk8s.App {
    override synth(): void {
      results.push(atSynth(this));
    }
  }
  const load = (name: string): unknown => (name === 'cdk8s' ? { ...cdk8s, App } : require(name));
  new Function('require', 'exports', outputText)(load, {});
  const [result] = results;
  if (results.length !== 1) throw new Error(`synthesized ${results.length} times`);
  return result as T;
}
