import { agentConnections, environmentSettings } from 'netloom/agent-api';
import { makeCertificates } from '../../node-agent/src/commands/certificates';
import { AgentFolder } from './support/agent-folder';

const NAME = 'netloom-agent.netloom-system.svc';

describe('a certificate that all nodes share', () => {
  let folder: AgentFolder;

  beforeAll(async () => {
    folder = await AgentFolder.make();
    await makeCertificates({
      folder: folder.folder,
      name: 'agent',
      addresses: [NAME],
      clients: [],
    });
    await folder.start();
  });

  afterAll(() => folder.remove());

  const settings = (serverName?: string) =>
    environmentSettings({
      NETLOOM_AGENTS: JSON.stringify({ 'edge-1': folder.url }),
      NETLOOM_CA_FILE: folder.at('ca.crt'),
      NETLOOM_TOKEN_FILE: folder.at('token'),
      NETLOOM_SERVER_NAME: serverName,
    });
  const connection = (serverName?: string) => ({
    ...agentConnections(settings(serverName)).get('edge-1'),
  });

  test('is taken under its own name', async () => {
    expect((await folder.client(connection(NAME)).info()).name).toBe('edge-1');
  });

  test('is refused under another name, with the way round', async () => {
    const call = folder.client(connection('other.netloom-system.svc')).info();
    await expect(call).rejects.toThrow(/netloom:serverName.*NL_AGENT_UNREACHABLE/);
  });
});
