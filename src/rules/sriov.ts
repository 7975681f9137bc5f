import type { SriovSettings } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { checkMac } from './macs';

/** What the sriov plugin refuses beside its keys' own types and limits. */
export function checkSriov(settings: SriovSettings, network: NetworkDefinition): Problem[] {
  return [
    ...checkFunction(settings, network),
    ...checkVlan(settings),
    ...checkRates(settings),
    ...(settings.mac ? checkMac('mac', settings.mac) : []),
  ];
}

function checkFunction(
  { deviceID }: SriovSettings,
  { resourceName }: NetworkDefinition,
): Problem[] {
  if (deviceID || resourceName) return [];
  return [
    {
      code: 'NL_KEY_MISSING',
      key: 'resourceName',
      found: 'nothing says which virtual function it is, and the plugin refuses to guess',
      allowed: 'the resourceName of a device plugin, or a deviceID',
      fix: "set resourceName: 'openshift.io/sriov_nic' as the device plugin names it",
    },
  ];
}

/** Priority and protocol belong to a VLAN. */
function checkVlan({ vlan, vlanQoS, vlanProto }: SriovSettings): Problem[] {
  const problems: Problem[] = [];
  if (vlanQoS !== undefined && (vlan === undefined || (vlan === 0 && vlanQoS !== 0))) {
    problems.push(withoutVlan('vlanQoS', vlanQoS));
  }
  const isOuter = vlanProto?.toLowerCase() === '802.1ad';
  if (vlanProto !== undefined && (vlan === undefined || (vlan === 0 && isOuter))) {
    problems.push(withoutVlan('vlanProto', vlanProto));
  }
  return problems;
}

function withoutVlan(key: string, value: string | number): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `${key} ${value} is set without a VLAN`,
    allowed: `${key} beside a vlan of 1 to 4094`,
    fix: `set vlan, or leave ${key} out`,
  };
}

function checkRates({ minTxRate = 0, maxTxRate = 0 }: SriovSettings): Problem[] {
  if (maxTxRate === 0 || minTxRate <= maxTxRate) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'minTxRate',
      found: `the least rate ${minTxRate} is above the greatest, ${maxTxRate}`,
      allowed: 'a least rate that is not above the greatest',
      fix: 'swap them?',
    },
  ];
}
