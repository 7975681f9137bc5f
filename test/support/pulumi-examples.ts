import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './story';

/** An example that is a Pulumi project of its own. */
export interface PulumiExample {
  /** Folder below `examples`, in which the cdk8s program is, too. */
  readonly name: string;
  /** Folder of the project. */
  readonly folder: string;
  /** Its program, `index.ts`. */
  readonly program: string;
  /** What the project says of the stack's configuration. */
  readonly config: Readonly<Record<string, string>>;
}

/** The examples with a `Pulumi.yaml`, beside their cdk8s program or in a folder below it. */
export function pulumiExamples(): PulumiExample[] {
  const examples = path.join(ROOT, 'examples');
  return readdirSync(examples, { recursive: true })
    .map(String)
    .filter((file) => path.basename(file) === 'Pulumi.yaml')
    .sort()
    .map((file) => {
      const folder = path.join(examples, path.dirname(file));
      const project = parse(readFileSync(path.join(examples, file), 'utf8'));
      return {
        name: file.split(path.sep)[0] as string,
        folder,
        program: path.join(folder, 'index.ts'),
        config: project.config ?? {},
      };
    });
}
