import { definedOnly, type KnownIpam, type MacvlanSettings, type StaticSettings } from '../cni';
import type { NetworkDefinition } from '../kubernetes';
import type { AdditionalNetwork } from './openshift-networks';

/** macvlan's modes as the operator writes them. */
const MODES: Readonly<Record<NonNullable<MacvlanSettings['mode']>, string>> = {
  bridge: 'Bridge',
  private: 'Private',
  vepa: 'VEPA',
  passthru: 'Passthru',
};

/** A macvlan network in the words of OpenShift's operator, which knows dhcp and static only. */
export function simpleMacvlan(network: NetworkDefinition): AdditionalNetwork {
  const { name, namespace, link, ipam } = network;
  const { master, mode, mtu } = (link.kind === 'raw' ? {} : link.settings) as MacvlanSettings;
  return {
    name,
    namespace,
    simpleMacvlanConfig: definedOnly({
      master,
      mode: mode && MODES[mode],
      mtu,
      ipamConfig: ipamConfig(ipam as KnownIpam),
    }),
    type: 'SimpleMacvlan',
  };
}

function ipamConfig({ kind, settings }: KnownIpam): object {
  if (kind !== 'static') return { type: 'DHCP' };
  const { addresses, routes, dns } = settings as StaticSettings;
  return {
    type: 'Static',
    staticIPAMConfig: definedOnly({
      addresses: addresses?.map(({ address, gateway }) => definedOnly({ address, gateway })),
      routes: routes?.map(({ dst, gw }) => definedOnly({ destination: dst, gateway: gw })),
      dns:
        dns &&
        definedOnly({ nameservers: dns.nameservers, domain: dns.domain, search: dns.search }),
    }),
  };
}
