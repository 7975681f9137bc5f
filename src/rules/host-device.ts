import type { HostDeviceSettings } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { checkMac } from './macs';
import { ignored } from './unknown-keys';

/** The keys that name the device, in the order in which the plugin looks at them. */
const DEVICE_KEYS = ['device', 'hwaddr', 'kernelpath', 'pciBusID'] as const;
type DeviceKey = (typeof DEVICE_KEYS)[number];

/** What the host-device plugin refuses or ignores beside its keys' own types. */
export function checkHostDevice(
  settings: HostDeviceSettings,
  network: NetworkDefinition,
): Problem[] {
  const [first, ...others] = DEVICE_KEYS.filter((key) => settings[key]);
  if (first === undefined) return checkNoDevice(settings, network);
  return [
    ...checkDevice(first, settings[first] as string),
    ...others.flatMap((key) =>
      key === 'pciBusID' ? checkOtherPci(first, settings[key] as string) : [unseen(first, key)],
    ),
  ];
}

/** Of a device that another key names, the plugin still asks whether a driver of DPDK has it. */
function checkOtherPci(first: DeviceKey, value: string): Problem[] {
  const wrong = checkDevice('pciBusID', value);
  return wrong.length > 0 ? wrong : [unseen(first, 'pciBusID')];
}

function unseen(first: DeviceKey, key: DeviceKey): Problem {
  return ignored(key, `${first} says which device it is, and ${key} is not looked at`);
}

/** A device plugin, or the pod, may say which one it is. */
function checkNoDevice(
  { capabilities }: HostDeviceSettings,
  { resourceName }: NetworkDefinition,
): Problem[] {
  if (resourceName || capabilities?.['deviceID']) return [];
  return [
    {
      code: 'NL_KEY_MISSING',
      key: 'device',
      found: 'nothing says which device it is, and the plugin refuses to guess',
      allowed: `one of ${DEVICE_KEYS.join(', ')}, or a resourceName`,
      fix: "set device: 'eth2', or the resourceName of a device plugin",
    },
  ];
}

/** sysfs has the domain in four digits or more, and no capitals. */
const PCI_ADDRESS = /^[0-9a-f]{4,}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;

function checkDevice(key: DeviceKey, value: string): Problem[] {
  if (key === 'hwaddr') return checkMac(key, value);
  if (key === 'kernelpath' && !value.startsWith('/sys/devices/')) {
    const allowed = 'a path below /sys/devices/';
    return [notOnNode(key, `"${value}" is no path of a device`, allowed, LOOK_UP)];
  }
  if (key !== 'pciBusID' || PCI_ADDRESS.test(value)) return [];
  const lower = value.toLowerCase();
  const right = [lower, `0000:${lower}`].find((text) => PCI_ADDRESS.test(text));
  const allowed = 'DOMAIN:BUS:DEVICE.FUNCTION in lower case, such as 0000:00:1f.6';
  return [notOnNode(key, `"${value}" is no PCI address`, allowed, right ? `${right}?` : LOOK_UP)];
}

const LOOK_UP = 'look it up on the node: `ls -l /sys/class/net/eth2/device`';

function notOnNode(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_VALUE_OUT_OF_RANGE', key, found, allowed, fix };
}
