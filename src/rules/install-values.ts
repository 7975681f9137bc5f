import type { Problem } from '../errors';
import { shortJson } from './short-json';

/** Host, path, and a tag or a digest, as the distribution specification has them. */
const IMAGE =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;

const REGISTRY =
  /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

const QUANTITY = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Checks the whole reference of an image, which has to say which one: by tag or digest. */
export function checkImage(key: string, image: string | undefined): Problem[] {
  if (image === undefined) return [];
  const text = typeof image === 'string' ? image : '';
  const isWhole = /:[^/]+$/.test(text);
  if (IMAGE.test(text) && isWhole) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: IMAGE.test(text)
        ? `"${text}" has neither tag nor digest, so that it is another one each day`
        : `${shortJson(image)} is not the reference of an image`,
      allowed: 'registry, path, and a tag or a digest (@sha256:...), without a scheme',
      fix: 'write it like registry.example.com/multus-cni:v4.2.0-thick',
    },
  ];
}

/** Checks a registry, with a path where images are below one. */
export function checkRegistry(key: string, registry: string | undefined): Problem[] {
  if (registry === undefined) return [];
  if (typeof registry === 'string' && REGISTRY.test(registry)) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: `${shortJson(registry)} is not a registry`,
      allowed:
        'a host, with a port or a path where there are, without a scheme and a slash at the end',
      fix: 'write it like registry.example.com:5000/mirror',
    },
  ];
}

/** The number that a quantity of Kubernetes stands for; undefined for a text that is none. */
export function quantityOf(text: unknown): number | undefined {
  const [, digits, unit = ''] = QUANTITY.exec(typeof text === 'string' ? text : '') ?? [];
  return digits === undefined ? undefined : Number(digits) * (FACTORS[unit] ?? 1);
}

/** Checks CPU or memory, as Kubernetes writes it. */
export function checkQuantity(key: string, quantity: string | undefined): Problem[] {
  if (quantity === undefined) return [];
  const value = quantityOf(quantity);
  if (value !== undefined && value > 0) return [];
  return [
    {
      code: 'NL_VALUE_OUT_OF_RANGE',
      key,
      found: `${shortJson(quantity)} is not an amount of CPU or memory`,
      allowed: 'a number above 0, with a unit such as m, Mi or Gi',
      fix: 'write it like 500m for CPU, 400Mi for memory',
    },
  ];
}
