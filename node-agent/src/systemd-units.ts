import path from 'node:path';

/** How long the programs that start pods are held back for the bridges, in s. */
const READY_WAIT_SECONDS = 60;

/** What starts pods, by distribution. An ordering after a unit that is not installed has no effect. */
const POD_STARTERS = [
  'kubelet.service',
  'crio.service',
  'containerd.service',
  'microshift.service',
  'k3s.service',
  'k3s-agent.service',
  'rke2-server.service',
  'rke2-agent.service',
];

/** How the agent is to run on this host. */
export interface UnitSettings {
  /** The agent's program, as an absolute path. */
  readonly command: string;
  /** agent.yaml, as an absolute path. */
  readonly configFile: string;
  /** Folder of the store, as an absolute path. */
  readonly stateDir: string;
  /** User of its own; made by the sysusers file. */
  readonly user: string;
  /** Whether it gives orders to firewalld. @default false */
  readonly usesFirewalld?: boolean;
}

/** A file for the host. */
export interface UnitFile {
  readonly path: string;
  readonly content: string;
}

/**
 * The files with which systemd runs the agent: as a user of its own that may change networks and nothing
 * else, and early enough that pods find their bridges.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
 */
export function systemdUnits(settings: UnitSettings): UnitFile[] {
  const { user, stateDir, usesFirewalld = false } = settings;
  return [
    ...(usesFirewalld ? [polkitRule(user)] : []),
    { path: '/usr/lib/sysusers.d/netloom.conf', content: `u ${user} - "netloom node agent"\n` },
    {
      path: '/usr/lib/tmpfiles.d/netloom.conf',
      content: `d ${stateDir} 0700 ${user} ${user}\n`,
    },
    { path: '/etc/systemd/system/netloom-watchdog.service', content: watchdogUnit(settings) },
    { path: '/etc/systemd/system/netloom-agent.service', content: agentUnit(settings) },
  ];
}

/**
 * firewalld takes orders from root, and from whom polkit lets it.
 *
 * @see https://www.freedesktop.org/software/polkit/docs/latest/polkit.8.html
 */
function polkitRule(user: string): UnitFile {
  return {
    path: '/etc/polkit-1/rules.d/50-netloom.rules',
    content: `polkit.addRule(function (action, subject) {
  var ids = ["config", "config.info", "info"].map(function (name) {
    return "org.fedoraproject.FirewallD1." + name;
  });
  if (subject.user === "${user}" && ids.indexOf(action.id) >= 0) {
    return polkit.Result.YES;
  }
});
`,
  };
}

function agentUnit({ command, configFile, stateDir, user }: UnitSettings): string {
  const ready = [`${command} ready`, `--config ${configFile}`, `--wait ${READY_WAIT_SECONDS}`];
  return `[Unit]
Description=netloom node agent
Documentation=man:ip(8)
# It listens on an address of this host, which has to be there.
Wants=network-online.target netloom-watchdog.service
After=network-online.target netloom-watchdog.service
# Pods that come before their bridges would have the CNI plugin make others.
Before=${POD_STARTERS.join(' ')}

[Service]
Type=exec
ExecStart=${command} serve --config ${configFile}
# Started is what has its bridges. With "-": a bridge that can't be does not keep the node from starting.
ExecStartPost=-${ready.join(' ')}
TimeoutStartSec=${READY_WAIT_SECONDS + 30}
Restart=always
RestartSec=1
${confinement(user, stateDir)}MemoryMax=512M
TasksMax=128

[Install]
WantedBy=multi-user.target
`;
}

/** A unit of its own: it lives through the agent's end, and brings the host back then. */
function watchdogUnit({ command, configFile, stateDir, user }: UnitSettings): string {
  return `[Unit]
Description=netloom watchdog, takes back what is not confirmed
Before=netloom-agent.service

[Service]
Type=exec
ExecStart=${command} watchdog --config ${configFile}
Restart=always
RestartSec=250ms
# The last to go when memory is short.
OOMScoreAdjust=-900
${confinement(user, stateDir)}MemoryMax=256M
TasksMax=64

[Install]
WantedBy=multi-user.target
`;
}

/** What agent and watchdog may do: change networks, and nothing else. */
function confinement(user: string, stateDir: string): string {
  return `User=${user}
UMask=0077
AmbientCapabilities=CAP_NET_ADMIN
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ReadWritePaths=${stateDir}
ProtectSystem=strict
ProtectHome=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
`;
}

/** What systemd would read as something else than a path: blanks, quotes, `%` and `$`. */
export function isPlainPath(file: string): boolean {
  return path.isAbsolute(file) && /^[A-Za-z0-9/._@+-]+$/.test(file);
}
