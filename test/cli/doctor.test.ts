import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { AgentProcess } from '../support/agent';
import { buildCli, runCli } from './support/cli';

let folder: string;
let agent: AgentProcess;

const NETWORK = `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: { name: storage, namespace: apps }
spec:
  config: '{"cniVersion":"0.4.0","name":"storage","type":"macvlan","master":"eth77","ipam":{"type":"dhcp"}}'
`;

beforeAll(async () => {
  buildCli();
  folder = mkdtempSync(path.join(tmpdir(), 'netloom-doctor-'));
  writeFileSync(path.join(folder, 'network.yaml'), NETWORK);
  agent = new AgentProcess({ dir: path.join(folder, 'agent'), name: 'edge-1' });
  agent.init();
  // The host as the agent is told to see it: CRI-O takes a network that is not there.
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, 'host', file)), { recursive: true });
    writeFileSync(path.join(folder, 'host', file), text);
  };
  write('/etc/cni/net.d/10-ovn.conf', '{"name":"ovn-kubernetes","type":"ovn-k8s-cni-overlay"}');
  write('/etc/crio/crio.conf.d/12.conf', '[crio.network]\ncni_default_network = "multus"\n');
  write('/opt/cni/bin/ovn-k8s-cni-overlay', '');
  const file = path.join(folder, 'agent/agent.yaml');
  const config = parse(readFileSync(file, 'utf8'));
  writeFileSync(file, stringify({ ...config, host: { root: path.join(folder, 'host') } }));
  await agent.start();
});
afterAll(async () => {
  await agent?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function doctor(args: string[], more: NodeJS.ProcessEnv = {}) {
  const { name, url, caFile, tokenFile } = agent.connection;
  const env = {
    NETLOOM_AGENTS: JSON.stringify({ [name]: url }),
    NETLOOM_CA_FILE: caFile,
    NETLOOM_TOKEN_FILE: tokenFile,
    ...more,
  };
  return runCli(['doctor', ...args], { cwd: folder, env });
}

test('S1.18 prints the facts, and the file and key that is wrong', () => {
  const { status, stdout } = doctor([]);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^edge-1 {2}kernel \S+\n {2}interfaces\n/);
  expect(stdout).toMatch(/^ {4}lo +up +mtu 65536 /m);
  expect(stdout).toContain('    /etc/cni/net.d/10-ovn.conf  ovn-kubernetes  ovn-k8s-cni-overlay\n');
  expect(stdout).toMatch(
    /^ {2}error: \/etc\/crio\/crio\.conf\.d\/12\.conf cni_default_network: "multus" is the name of no CNI configuration in \/etc\/cni\/net\.d, and no pod starts\. Allowed: one of ovn-kubernetes\./m,
  );
});

test('S2.1 what the networks of manifests need of the node', () => {
  const { status, stdout } = doctor(['-o', 'json', 'network.yaml']);
  expect(status).toBe(1);
  const [node] = JSON.parse(stdout).nodes;
  const codes = node.problems.map(({ code, key }: Record<string, string>) => `${code} ${key}`);
  expect(codes).toContain('NL_NODE_LINK eth77');
  expect(codes).toContain('NL_NODE_PLUGIN_MISSING macvlan');
  expect(codes).toContain('NL_NODE_DHCP dhcpSocket');
  expect(parse(doctor(['-o', 'yaml', 'network.yaml']).stdout)).toEqual(JSON.parse(stdout));
});

test('an agent that does not answer is told, and the others are asked all the same', () => {
  const both = { 'edge-0': 'https://127.0.0.1:1', 'edge-1': agent.url };
  const { status, stdout } = doctor([], { NETLOOM_AGENTS: JSON.stringify(both) });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^edge-0\n {2}error: agent: agent "edge-0" .* did not answer/);
  expect(stdout).toMatch(/^edge-1 {2}kernel/m);
});

test.each([
  { name: 'no agents', args: [], env: { NETLOOM_AGENTS: '' }, says: /no agent is configured: set/ },
  { name: 'an unknown agent', args: ['--agent', 'x'], env: {}, says: /no agent "x"/ },
  { name: 'agents that are no JSON', args: [], env: { NETLOOM_AGENTS: 'x' }, says: /is not JSON/ },
  { name: 'a file that is not there', args: ['no.yaml'], env: {}, says: /no\.yaml: no such file/ },
])('wrong use: $name', ({ args, env, says }) => {
  const { status, stderr, stdout } = doctor(args, env);
  expect(stderr).toMatch(says);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
