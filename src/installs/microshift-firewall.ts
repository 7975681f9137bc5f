import type { HostStep } from './install-object';

/**
 * The firewall of a MicroShift host whose pods lease addresses over a bridge, as MicroShift's
 * document has it.
 *
 * @see https://docs.redhat.com/en/documentation/red_hat_build_of_microshift/4.19/html/configuring/microshift-cni-multus
 */
export function microshiftDhcpFirewall(): HostStep {
  return {
    title: 'Let DHCP through firewalld, for bridges whose pods lease addresses',
    where: 'the MicroShift host, as root, if firewalld runs there',
    commands: [
      ['firewall-cmd', '--permanent', '--remove-service=dhcp'],
      ['firewall-cmd', '--reload'],
    ],
    undo: [
      ['firewall-cmd', '--permanent', '--add-service=dhcp'],
      ['firewall-cmd', '--reload'],
    ],
  };
}
