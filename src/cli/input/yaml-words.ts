import type { ScalarTag, Tags } from 'yaml';

/** Words for true and false that YAML 1.1 had beside those of 1.2, as kubectl takes them. */
const SWITCHES: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on$)/i.test(text),
};

/** Octal and binary numbers of YAML 1.1: `010` is 8. */
const NUMBERS: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?(?:0[0-7]+|0b[01]+)$/,
  resolve: (text) => {
    const digits = text.replace(/^[-+]?0b?/, '');
    const value = Number.parseInt(digits, text.includes('b') ? 2 : 8);
    return text.startsWith('-') ? -value : value;
  },
};

/**
 * What plain words and numbers are to kubectl, which reads YAML 1.1 and 1.2 at once.
 *
 * @see https://github.com/kubernetes-sigs/yaml goyaml.v2/resolve.go
 */
export const KUBECTL_TAGS = (tags: Tags): Tags => [SWITCHES, NUMBERS, ...tags];
