import { describeProblem, severityOf } from '../../errors';
import { errorAddress, errorSections } from '../errors-page';
import { describeObject, type Finding, type Report } from '../findings';
import { type PackageFacts, packageFacts } from '../package-facts';
import { uriOf } from './portable-path';

/**
 * SARIF, which code scanning services read.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function* renderSarif({ findings }: Report): Generator<string> {
  const facts = packageFacts();
  const codes = [...new Set(findings.map(({ problem }) => problem.code))].sort();
  const driver = {
    name: 'netloom',
    semanticVersion: facts.version,
    ...(facts.homepage && { informationUri: facts.homepage }),
    rules: rulesOf(codes, facts),
  };
  const results = findings.map((finding) => resultOf(finding, codes));
  const run = { tool: { driver }, columnKind: 'unicodeCodePoints', results };
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  yield `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}

type Code = Finding['problem']['code'];

function rulesOf(codes: readonly Code[], { homepage }: PackageFacts): unknown[] {
  const sections = errorSections();
  return codes.map((id) => {
    const section = sections.get(id);
    const address = errorAddress(id, homepage);
    return {
      id,
      ...(section && descriptions(section)),
      ...(address && { helpUri: address }),
      defaultConfiguration: { level: severityOf(id) },
    };
  });
}

function descriptions(section: string): object {
  const [, paragraph = ''] = section.split(/\n\n+/);
  const text = paragraph.replaceAll('\n', ' ');
  const short = /^.*?[.?!](?= |$)/.exec(text)?.[0] ?? text;
  return {
    shortDescription: { text: short },
    fullDescription: { text },
    help: { text: section, markdown: section },
  };
}

function resultOf({ place, object, severity, problem }: Finding, codes: readonly Code[]): unknown {
  const { source, line, column, endColumn } = place;
  const region = { startLine: line, startColumn: column, endColumn };
  const uri = source.kind === 'stdin' ? 'stdin' : uriOf(source.name);
  return {
    ruleId: problem.code,
    ruleIndex: codes.indexOf(problem.code),
    level: severity,
    message: { text: describeProblem(problem) },
    locations: [
      {
        ...(source.kind !== 'cluster' && {
          physicalLocation: { artifactLocation: { uri }, region },
        }),
        ...(object && { logicalLocations: [logicalLocation(object, problem.key)] }),
      },
    ],
  };
}

function logicalLocation(object: NonNullable<Finding['object']>, key: string): unknown {
  return {
    name: key,
    kind: 'object',
    fullyQualifiedName: `${describeObject(object)} ${key}`.trim(),
  };
}
