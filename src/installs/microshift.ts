import { stringify } from 'yaml';
import type { PlatformFacts } from '../kubernetes';
import type { HostFile, HostStep, InstallParts } from './install-object';
import type { MultusSettings } from './multus-settings';

const PACKAGE = 'microshift-multus';
const CONFIG = '/etc/microshift/config.d/00-enable-multus.yaml';
const CRIO_CONFIG = '/etc/crio/crio.conf.d/12-microshift-multus.conf';
const HOST = 'the MicroShift host, as root';

/**
 * Multus on MicroShift: a package of the host, whose service then makes all objects. Nothing goes to
 * the API server.
 *
 * @see https://github.com/openshift/microshift/blob/main/docs/contributor/network/multus.md
 */
export function microshiftMultus(facts: PlatformFacts, _settings: MultusSettings): InstallParts {
  return {
    objects: [],
    hostFiles: [enableMultus()],
    hostSteps: [installPackage(facts), checkCrio(), restart()],
  };
}

/** The package brings the same file since 4.19; with an older one it is without effect. */
function enableMultus(): HostFile {
  const config = { network: { multus: { status: 'Enabled' } } };
  return { path: CONFIG, content: stringify(config), where: HOST };
}

function installPackage({ multusNamespace }: PlatformFacts): HostStep {
  return {
    title: 'Install Multus, of the same version as MicroShift',
    where: `${HOST}; on a host made from an image, the package belongs into the image`,
    commands: [['dnf', 'install', '-y', PACKAGE]],
    undo: [
      ['dnf', 'remove', '-y', PACKAGE],
      ['rm', '-f', CONFIG],
      ['systemctl', 'restart', 'crio.service'],
      ['systemctl', 'restart', 'microshift.service'],
      // The service leaves behind what it made; the end of Multus' pod takes its configuration away.
      ['oc', 'delete', 'namespace', multusNamespace, '--ignore-not-found'],
    ],
  };
}

/** The default network of CRI-O: with another one no pod starts, or none gets a second interface. */
function checkCrio(): HostStep {
  return {
    title: 'Check that CRI-O calls Multus: each command prints the line',
    where: HOST,
    commands: [
      ['grep', '-F', 'cni_default_network = "multus-cni-network"', CRIO_CONFIG],
      ['grep', '-F', '"/run/cni/bin"', CRIO_CONFIG],
    ],
    undo: [],
  };
}

function restart(): HostStep {
  return {
    title: 'Restart the services',
    where: HOST,
    commands: [
      ['systemctl', 'restart', 'crio.service'],
      ['systemctl', 'restart', 'microshift.service'],
    ],
    undo: [],
  };
}
