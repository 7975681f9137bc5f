import { parseRelease } from '../cni';
import type { Problem } from '../errors';
import { knowsNodeSlices, type WhereaboutsInstallSettings, whereaboutsRelease } from '../installs';
import type { PlatformFacts } from '../kubernetes';
import { checkCron } from './cron';
import { checkInstallPods } from './install-pods';
import { checkMaxUnavailable } from './multus-install';
import { checkWord } from './names';
import { checkPlatformWhereabouts } from './platform-installs';
import { shortJson } from './short-json';

const LOG_LEVELS = ['panic', 'error', 'verbose', 'debug'];

/** The first release whose programs are started as they are today, and that knows named networks. */
const OLDEST: readonly number[] = [0, 6, 3];

/**
 * Everything wrong with an install of whereabouts.
 *
 * @param settings as the user gave them, nothing filled in
 */
export function checkWhereaboutsInstall(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): Problem[] {
  const { reconcilerCron } = settings;
  return [
    ...checkPlace(facts),
    ...checkPlatformWhereabouts(facts, settings),
    ...(reconcilerCron === undefined ? [] : checkCron('reconcilerCron', reconcilerCron)),
    ...checkRelease(settings),
    ...checkWord('logLevel', settings.logLevel, LOG_LEVELS),
    ...checkMaxUnavailable(settings),
    ...checkInstallPods(settings),
  ];
}

function checkPlace({ name, parts, ipams = [] }: PlatformFacts): Problem[] {
  if (parts.whereabouts !== undefined) return [];
  return [
    {
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: 'platform',
      found: `whereabouts has no place on ${name}, and nothing of it is made`,
      allowed: `the IPAMs of ${name}: ${ipams.join(', ')}`,
      fix: `leave it out, and use ${ipams[0] ?? 'another IPAM'} in the networks`,
    },
  ];
}

function checkRelease(settings: WhereaboutsInstallSettings): Problem[] {
  const release = whereaboutsRelease(settings);
  const numbers = parseRelease(release);
  if (!numbers && settings.image === undefined) {
    return [
      {
        code: 'NL_VALUE_OUT_OF_RANGE',
        key: 'version',
        found: `${shortJson(release)} is not a release`,
        allowed: 'a release such as v0.9.4; any tag in image',
        fix: 'leave it out for v0.9.4',
      },
    ];
  }
  if (numbers && isBefore(numbers, OLDEST)) {
    return [tooOld(`whereabouts ${release} starts in another way`, 'v0.6.3 and newer')];
  }
  if (settings.nodeSlices && !knowsNodeSlices(release)) {
    const found = `whereabouts ${release} has no slices for nodes (nodeSlices), which came with v0.9.0`;
    return [tooOld(found, 'v0.9.0 and newer')];
  }
  return [];
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at >= 0 && (one[at] as number) < (other[at] as number);
}

function tooOld(found: string, allowed: string): Problem {
  return {
    code: 'NL_RELEASE_TOO_OLD',
    key: 'version',
    found,
    allowed,
    fix: 'leave version out for v0.9.4',
  };
}
