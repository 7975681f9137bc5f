import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';

/** How long one question or change may take, in ms: firewalld writes all its rules anew. */
const TIMEOUT_MS = 60_000;

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** What firewalld answers to a question that is answered with "no", and where it does not run. */
const NO = 1;
const NOT_RUNNING = 252;

/** Of the rules that are in force now, or of those that firewalld begins with. */
export type FirewallScope = 'runtime' | 'permanent';

/** A service that a zone lets in. */
export interface Opening {
  readonly zone: string;
  /** By firewalld's name for it, e.g. `dhcp`. */
  readonly service: string;
}

/** The host's firewalld. */
export interface Firewall {
  /** False where it does not run, or is not installed. */
  isRunning(): Promise<boolean>;
  /** The zone of interfaces that have none of their own. */
  defaultZone(): Promise<string>;
  isOpen(opening: Opening, scope: FirewallScope): Promise<boolean>;
  open(opening: Opening, scope: FirewallScope): Promise<void>;
  /** Closing what is closed is fine. */
  close(opening: Opening, scope: FirewallScope): Promise<void>;
}

/** Asks firewalld by its own program, without a shell. */
export class FirewallCmd implements Firewall {
  /** @param command the program, and what stands in front of its arguments */
  constructor(private readonly command: readonly string[] | undefined = installed()) {}

  async isRunning(): Promise<boolean> {
    return this.command !== undefined && (await this.run('--state')).status === 0;
  }

  async defaultZone(): Promise<string> {
    return (await this.must('--get-default-zone')).trim();
  }

  async isOpen(opening: Opening, scope: FirewallScope): Promise<boolean> {
    const args = argsOf('--query-service', opening, scope);
    const { status, said } = await this.run(...args);
    if (status === 0 || status === NO) return status === 0;
    throw failed(args, said, status);
  }

  async open(opening: Opening, scope: FirewallScope): Promise<void> {
    await this.must(...argsOf('--add-service', opening, scope));
  }

  async close(opening: Opening, scope: FirewallScope): Promise<void> {
    await this.must(...argsOf('--remove-service', opening, scope));
  }

  private async must(...args: string[]): Promise<string> {
    const { status, said } = await this.run(...args);
    if (status === 0) return said;
    throw failed(args, said, status);
  }

  private run(...args: string[]): Promise<{ status: number; said: string }> {
    const [program = '', ...first] = this.command ?? [];
    return new Promise((resolve) => {
      const options = { timeout: TIMEOUT_MS, encoding: 'utf8' } as const;
      execFile(program, [...first, ...args], options, (error, stdout, stderr) => {
        const code = error?.code;
        const status = error === null ? 0 : typeof code === 'number' ? code : -1;
        resolve({ status, said: status === 0 ? stdout : stderr || (error?.message ?? '') });
      });
    });
  }
}

function argsOf(action: string, { zone, service }: Opening, scope: FirewallScope): string[] {
  const permanent = scope === 'permanent' ? ['--permanent'] : [];
  return [...permanent, `--zone=${zone}`, `${action}=${service}`];
}

function installed(): string[] | undefined {
  const files = FOLDERS.map((folder) => path.join(folder, 'firewall-cmd'));
  const found = files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : [found];
}

function failed(args: readonly string[], said: string, status: number): NetloomError {
  const words = said.trim().split('\n').at(-1) ?? '';
  return new NetloomError({
    code: 'NL_HOST_COMMAND',
    key: 'host.firewalld',
    found: `"firewall-cmd ${args.join(' ')}" failed: ${words || `status ${status}`}`,
    allowed: 'a zone and a service that firewalld knows, and a user that it takes orders from',
    fix:
      status === NOT_RUNNING
        ? 'systemctl start firewalld'
        : 'see firewall-cmd --get-zones and --get-services; netloom-agent units prints the rule of polkit that the agent needs',
  });
}
