import type { NodeFactsView } from '../../agent-api';
import { describeProblem, severityOf } from '../../errors';
import type { NodeReport } from '../commands/doctor';
import { type Paint, paintFor, printable } from '../terminal';
import { columns } from './columns';

/** What `netloom doctor` prints for people: facts first, then what is wrong. */
export function doctorText(reports: readonly NodeReport[]): string {
  const paint = paintFor(process.stdout, process.env);
  return `${reports.map((report) => nodeText(report, paint)).join('\n\n')}\n`;
}

function nodeText({ agent, facts, problems }: NodeReport, paint: Paint): string {
  const head = paint('bold', facts ? `${facts.node}  kernel ${facts.kernel}` : agent);
  const wrong = problems.map((problem) => {
    const isError = severityOf(problem.code) === 'error';
    const word = isError ? paint('red', 'error') : paint('yellow', 'warning');
    return `  ${word}: ${printable(describeProblem(problem))}`;
  });
  const fine = facts && problems.length === 0 ? ['  nothing is wrong'] : [];
  return [head, ...(facts ? factLines(facts) : []), ...wrong, ...fine].join('\n');
}

function factLines(facts: NodeFactsView): string[] {
  return [
    ...rows('interfaces', interfaceRows(facts)),
    ...rows('CNI configuration', configRows(facts)),
    ...rows('CNI plugins', pluginRows(facts)),
    ...rows('kernel modules', [
      [facts.modules.map(({ name, state }) => `${name} (${state})`).join(', ')],
    ]),
    ...rows('DHCP daemon', [[facts.dhcpSocket ?? 'none']]),
    ...rows('CRI-O', crioRows(facts)),
    ...rows('firewalld', firewalldRows(facts)),
  ];
}

function interfaceRows({ interfaces }: NodeFactsView): string[][] {
  return interfaces
    .filter(({ kind }) => kind !== 'veth')
    .map((one) => [
      one.name,
      one.kind ?? '',
      one.up ? (one.carrier === false ? 'no carrier' : 'up') : 'down',
      one.speed === undefined ? '' : `${one.speed} Mbit/s`,
      `mtu ${one.mtu}`,
      one.master === undefined ? '' : `in ${one.master}`,
      one.hasDefaultRoute ? 'default route' : '',
      one.addresses.join(' '),
    ]);
}

function configRows({ cniConfDirs }: NodeFactsView): string[][] {
  return cniConfDirs.flatMap(({ dir, files }) =>
    files.map(({ file, name, types, multus, error }) => [
      `${dir}/${file}`,
      error ?? name ?? '',
      multus ? `Multus, around ${multus.clusterNetwork ?? 'nothing'}` : types.join(', '),
    ]),
  );
}

function pluginRows({ cniBinDirs }: NodeFactsView): string[][] {
  return cniBinDirs.map(({ dir, plugins }) => {
    const texts = plugins.map(({ name, release }) => (release ? `${name} ${release}` : name));
    return [dir, texts.join(', ') || 'none'];
  });
}

function crioRows({ crio }: NodeFactsView): string[][] {
  if (!crio) return [];
  const { defaultNetwork = 'the first file', networkDir, pluginDirs } = crio;
  return [[`takes ${defaultNetwork} of ${networkDir}, plugins of ${pluginDirs.join(', ')}`]];
}

function firewalldRows({ firewalld }: NodeFactsView): string[][] {
  if (!firewalld) return [];
  return [
    [firewalld.running ? 'running' : 'not running'],
    ...firewalld.zones.map(({ name, interfaces, sources, services }) => [
      `zone ${name}`,
      [...interfaces, ...sources].join(' '),
      services.join(', '),
    ]),
  ];
}

/** Columns below a heading; nothing for none. */
function rows(heading: string, cells: readonly (readonly string[])[]): string[] {
  if (cells.length === 0) return [];
  return [`  ${heading}`, ...columns(cells).map((line) => `    ${line}`)];
}
