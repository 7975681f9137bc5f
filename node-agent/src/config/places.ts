import path from 'node:path';
import { type AgentConfig, LISTEN } from './schema';
import { HOST_ADDRESS } from './words';

/** A place to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The Unix socket's place; undefined where there is none. */
export function socketPath({ socket, stateDir }: AgentConfig): string | undefined {
  if (socket === 'none') return undefined;
  return socket.path ?? path.join(stateDir, 'agent.sock');
}

/** The places to listen on. Port 0 lets the kernel choose. */
export function listenAddresses(config: AgentConfig): ListenAddress[] {
  return config.listen.map((text) => {
    const [, host = '', port = ''] = LISTEN.exec(text) ?? [];
    const address = host === '' ? process.env[HOST_ADDRESS] : host;
    return { host: (address ?? '').replace(/^\[|\]$/g, ''), port: Number(port) };
  });
}

/** The API server's address: as configured, else that of the pod's cluster. */
export function apiServerOf(
  { kubernetes }: AgentConfig,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (kubernetes?.apiServer !== undefined) return kubernetes.apiServer;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) return undefined;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
