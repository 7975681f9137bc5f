import type { Problem } from '../errors';
import type { VirtualMachineDefinition, VirtualMachineNetwork } from '../kubernetes';
import { checkMac } from './macs';

/** Everything wrong with the networks of a virtual machine by itself: what KubeVirt's webhook refuses. */
export function checkVirtualMachine(machine: VirtualMachineDefinition): Problem[] {
  return [
    ...checkSources(machine.networks),
    ...checkOnce('networks', machine.networks),
    ...checkOnce('interfaces', machine.interfaces),
    ...checkPairs(machine),
    ...checkDefaults(machine.networks),
    ...checkInterfaces(machine),
  ];
}

function refused(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_VM_NETWORK', key, found, allowed, fix };
}

function checkSources(networks: readonly VirtualMachineNetwork[]): Problem[] {
  const allowed = 'pod: {}, or multus: { networkName: NAMESPACE/NAME }';
  return networks.flatMap(({ name, source, networkName, network }, index): Problem[] => {
    const key = `networks[${index}]`;
    if (source === 'none') {
      return [refused(key, `network "${name}" has no source`, allowed, 'add one of them')];
    }
    if (source === 'several') {
      return [refused(key, `network "${name}" has two sources`, allowed, 'leave one of them out')];
    }
    if (source !== 'multus' || network) return [];
    const at = `${key}.multus.networkName`;
    return [
      networkName === undefined || networkName === ''
        ? refused(
            at,
            `network "${name}" names no NetworkAttachmentDefinition`,
            allowed,
            'set networkName',
          )
        : refused(at, `"${networkName}" is not [NAMESPACE/]NAME`, allowed, 'correct it'),
    ];
  });
}

function checkOnce(
  list: 'networks' | 'interfaces',
  named: readonly { readonly name: string }[],
): Problem[] {
  const seen = new Set<string>();
  return named.flatMap(({ name }, index): Problem[] => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      refused(
        `${list}[${index}].name`,
        `"${name}" stands in ${list} twice`,
        'each name once',
        'give one of them another name',
      ),
    ];
  });
}

/** A network and its interface find each other by name. Without any, a machine gets the pod's network. */
function checkPairs({ networks, interfaces }: VirtualMachineDefinition): Problem[] {
  const [ofNetworks, ofInterfaces] = [networks, interfaces].map(
    (list) => new Set(list.map(({ name }) => name)),
  ) as [Set<string>, Set<string>];
  const allowed = 'for each network an interface of the same name, and the other way round';
  return [
    ...networks.flatMap(({ name }, index) =>
      ofInterfaces.has(name)
        ? []
        : [
            refused(
              `networks[${index}].name`,
              `network "${name}" has no interface`,
              allowed,
              `add { name: ${name}, bridge: {} } to domain.devices.interfaces`,
            ),
          ],
    ),
    ...interfaces.flatMap(({ name }, index) =>
      ofNetworks.has(name)
        ? []
        : [
            refused(
              `interfaces[${index}].name`,
              `interface "${name}" has no network`,
              allowed,
              `add { name: ${name}, multus: { networkName: ... } } to networks`,
            ),
          ],
    ),
  ];
}

function checkDefaults(networks: readonly VirtualMachineNetwork[]): Problem[] {
  let first: string | undefined;
  return networks.flatMap(({ name, source, isDefault }, index): Problem[] => {
    if (source !== 'pod' && !isDefault) return [];
    if (first === undefined) {
      first = name;
      return [];
    }
    return [
      refused(
        `networks[${index}]`,
        `"${name}" is a second default network (the first is "${first}")`,
        'one network of the pod, or one of multus with default: true',
        source === 'pod' ? 'leave one of them out' : 'leave default out',
      ),
    ];
  });
}

function checkInterfaces({ networks, interfaces }: VirtualMachineDefinition): Problem[] {
  const sources = new Map(networks.map(({ name, source }) => [name, source]));
  return interfaces.flatMap(({ name, binding, macAddress }, index): Problem[] => {
    const key = `interfaces[${index}]`;
    const problems =
      macAddress === undefined || macAddress === ''
        ? []
        : checkMac(`${key}.macAddress`, macAddress);
    if (binding !== 'masquerade' || sources.get(name) !== 'multus') return problems;
    return [
      ...problems,
      refused(
        key,
        `interface "${name}" is bound by masquerade, and its network is one of multus`,
        'masquerade for the network of the pod only',
        'use bridge: {}',
      ),
    ];
  });
}
