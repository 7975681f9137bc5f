import { DHCP_OPTIONS, type DhcpProvide, type DhcpSettings } from '../cni';
import type { Problem } from '../errors';
import { ignored } from './unknown-keys';

/** The length of an option is one octet. */
const VALUE_BYTES = 255;

/** What dhcp refuses beside its keys' own types. */
export function checkDhcp({ request = [], provide = [] }: DhcpSettings): Problem[] {
  return [
    // Without an option it only says what is not asked for.
    ...request.flatMap(({ option }, index) =>
      option ? checkOption(`request[${index}].option`, option) : [],
    ),
    ...provide.flatMap((one, index) => checkProvide(`provide[${index}]`, one)),
  ];
}

function checkOption(key: string, option: string): Problem[] {
  const isNumber = /^\d+$/.test(option) && Number(option) <= 255;
  if (isNumber || (DHCP_OPTIONS as readonly string[]).includes(option)) return [];
  const likely = DHCP_OPTIONS.find((name) => name === option.toLowerCase().replaceAll('_', '-'));
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: `${JSON.stringify(option)} is no option that the plugin knows`,
      allowed: `a number from 0 to 255, or one of ${DHCP_OPTIONS.join(', ')}`,
      fix: likely ? `${likely}?` : 'give its number (RFC 2132)',
    },
  ];
}

function checkProvide(key: string, { option, value, fromArg }: DhcpProvide): Problem[] {
  const problems = option === undefined ? [] : checkOption(`${key}.option`, option);
  if (value && fromArg) {
    problems.push(
      ignored(`${key}.value`, `the pod's ${fromArg} is told, and value only where there is none`),
    );
  } else if (!value && !fromArg) {
    problems.push({
      code: 'NL_KEY_MISSING',
      key: `${key}.value`,
      found: 'nothing says what to tell, so that the option is not told',
      allowed: 'value or fromArg',
      fix: `set value, or fromArg: 'K8S_POD_NAME'`,
    });
  }
  const bytes = Buffer.byteLength(value ?? '');
  if (bytes > VALUE_BYTES) {
    problems.push({
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: `${key}.value`,
      found: `the value is ${bytes} bytes long`,
      allowed: `up to ${VALUE_BYTES} bytes`,
      fix: 'shorten it',
    });
  }
  return problems;
}
