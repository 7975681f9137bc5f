import type { RunningPod } from '../test/support/multus';

interface HostLink {
  readonly ifname: string;
  readonly address: string;
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly scope: string;
  }[];
}

/** The host, its bridge and the pods on it, as text. */
export function drawStory(
  bridge: HostLink,
  pods: readonly RunningPod[],
  claimed: readonly string[],
): string {
  const host = bridge.addr_info
    .filter((one) => one.scope === 'global')
    .map((one) => `${one.local}/${one.prefixlen}`);
  const podLines = pods.map((pod) => [
    `pod ${pod.name}`,
    ...pod.status.map(({ interface: ifname, ips = [] }) => {
      const isClaimed = ips.every((ip) => claimed.some((cidr) => cidr.startsWith(`${ip}/`)));
      return `  ${ifname}  ${ips.join('  ')}  ${isClaimed ? 'claimed, known at preview' : 'host-local'}`;
    }),
  ]);
  const width = Math.max(...podLines.flat().map((line) => line.length), 40);
  const lines = [
    `host`,
    `└─ bridge ${bridge.ifname}  ${host.join('  ')}`,
    ...podLines.flatMap((pod, index) => {
      const isLast = index === podLines.length - 1;
      const stem = isLast ? '   ' : '│  ';
      return [
        `   │`,
        `   ${isLast ? '└─' : '├─'}─┌─${'─'.repeat(width)}─┐`,
        ...pod.map((line) => `   ${stem}│ ${line.padEnd(width)} │`),
        `   ${stem}└─${'─'.repeat(width)}─┘`,
      ];
    }),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}
