import { ip } from './network';

/** What runs by itself, or counts. */
const RUNNING =
  /_timer$|^(valid_life_time|preferred_life_time|tentative|bridge_id|root_id|root_port|root_path_cost|designated_\w+|id|no|state|topology_change\w*|config_pending|hold_timer|message_age_timer|forward_delay_timer|operstate|carrier_\w+|qdisc|expires)$/;

/** Flags that follow the other end of a cable. */
const FLAGS = new Set(['LOWER_UP', 'NO-CARRIER']);

interface RouteText {
  dev?: string;
  type?: string;
  dst?: string;
}

/** All that `ip -j -d` tells of interfaces and routes, less counters, timers and what the kernel elects. */
export function hostText(isMeant: (name: string) => boolean = () => true): string {
  const links = JSON.parse(ip('-j', '-d', 'addr', 'show')) as { ifname: string }[];
  const routes = [
    ...(JSON.parse(ip('-j', '-d', '-4', 'route', 'show', 'table', 'all')) as RouteText[]),
    ...(JSON.parse(ip('-j', '-d', '-6', 'route', 'show', 'table', 'all')) as RouteText[]),
  ];
  return [
    ...links
      .filter((link) => isMeant(link.ifname))
      .sort((a, b) => a.ifname.localeCompare(b.ifname))
      .map(lasting),
    // The kernel tells routes of one prefix in the order of their making.
    ...routes
      .filter((route) => route.dev !== undefined && isMeant(route.dev))
      // There once duplicate address detection has ended.
      .filter((route) => !(route.type === 'local' && route.dst?.startsWith('fe80:')))
      // A router has them, on each interface from some time of its own.
      .filter((route) => !(route.type === 'anycast' && route.dst === 'fe80::'))
      .map(lasting)
      .sort(),
  ].join('\n');
}

function lasting(value: object): string {
  return JSON.stringify(value, (key, one) => {
    if (RUNNING.test(key)) return undefined;
    if (key === 'flags')
      return (one as string[]).filter((flag) => !FLAGS.has(flag) && flag !== 'linkdown');
    return one;
  });
}
