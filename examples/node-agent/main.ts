import { App, Chart } from 'cdk8s';
import { Namespace, ServiceAccount } from 'cdk8s-plus-28';
import { NodeAgentInstall, Platform } from 'netloom/constructs';

const app = new App();
const platform = Platform.kubernetes({ nodes: 3 }).applyTo(app);

// What calls the agents: a pipeline that runs Pulumi, with a ServiceAccount of its own.
const callers = new Chart(app, 'callers');
new Namespace(callers, 'ci', { metadata: { name: 'ci' } });
new ServiceAccount(callers, 'pulumi', { metadata: { name: 'pulumi', namespace: 'ci' } });

const agents = new Chart(app, 'agents');
agents.addDependency(callers);
new NodeAgentInstall(agents, 'agent', {
  platform,
  // What npm run image makes, in a registry of yours.
  image: 'registry.example.com/netloom-agent:0.1.0',
  tlsSecret: 'netloom-agent-tls',
  callers: [
    {
      namespace: 'ci',
      serviceAccount: 'pulumi',
      verbs: ['read', 'offer', 'claim', 'bridge'],
      pools: ['apps/*'],
    },
  ],
  // No request does more than this on any node.
  policy: { bridges: ['br-*'], ports: ['eth1', 'eth2'], adopt: 'no' },
});

app.synth();
