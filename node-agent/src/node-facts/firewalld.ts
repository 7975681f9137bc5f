import path from 'node:path';
import type { FirewalldFacts, FirewalldZone } from 'netloom';
import type { HostRoot } from './host-files';

const ZONES = '/etc/firewalld/zones';

/** What firewalld is told to do for good; undefined where it is not installed. */
export function readFirewalld(host: HostRoot): FirewalldFacts | undefined {
  if (!host.exists('/etc/firewalld') && !host.exists('/usr/sbin/firewalld')) return undefined;
  const files = (host.list(ZONES) ?? []).filter((name) => name.endsWith('.xml'));
  return {
    running: host.exists('/run/firewalld.pid') || host.exists('/run/firewalld'),
    zones: files.map((file) => zoneOf(file, host.read(path.join(ZONES, file)) ?? '')),
  };
}

/** Of the three elements that matter here, which have no content: no need for a parser of XML. */
function zoneOf(file: string, text: string): FirewalldZone {
  const xml = text.replace(/<!--[\s\S]*?-->/g, '');
  const values = (element: string, attribute: string): string[] =>
    [...xml.matchAll(new RegExp(`<${element}\\s[^>]*?${attribute}="([^"]*)"`, 'g'))].map(
      ([, value]) => value as string,
    );
  return {
    name: path.basename(file, '.xml'),
    interfaces: values('interface', 'name'),
    sources: values('source', 'address'),
    services: values('service', 'name'),
  };
}
