import { buildCli, runCli } from './support/cli';

beforeAll(() => buildCli());

const AFTER = ['--after', '2026-11-21T15:30Z'];
const cron = (...args: string[]) => runCli(['cron', ...args], { env: { TZ: 'UTC' } });

describe('S3.7 the next runs of a schedule', () => {
  test('for people', () => {
    const { status, stdout } = cron('*/15 * * * *', '--count', '2', ...AFTER);
    expect([status, stdout]).toEqual([0, '2026-11-21 15:45 UTC\n2026-11-21 16:00 UTC\n']);
  });

  test('with the time of this machine, where that is another', () => {
    const args = ['cron', '30 4 * * *', '--count', '1', ...AFTER];
    const { stdout } = runCli(args, { env: { TZ: 'Asia/Kolkata' } });
    expect(stdout).toBe('2026-11-22 04:30 UTC  (here 2026-11-22 10:00)\n');
  });

  test('for programs', () => {
    const { stdout } = cron('30 4 * * *', '--count', '1', '--format', 'json', ...AFTER);
    expect(JSON.parse(stdout)).toEqual({
      schedule: '30 4 * * *',
      problems: [],
      next: ['2026-11-22T04:30Z'],
    });
  });

  test('what is no schedule', () => {
    const human = cron('0 30 4 * * *');
    expect([human.status, human.stdout]).toEqual([1, '']);
    expect(human.stderr).toMatch(
      /^error: schedule: "0 30 4 \* \* \*" has 6 fields.*NL_CRON_INVALID/,
    );
    const { status, stdout } = cron('30 4 31 2 *', '--format', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ code: 'NL_CRON_INVALID' }], next: [] });
  });

  test.each([
    { args: ['30 4 * * *', '--count', '0'], says: /--count: "0" is no number from 1 to 1000/ },
    { args: ['30 4 * * *', '--after', 'noon'], says: /--after: "noon" is no time/ },
    { args: [], says: /missing required argument 'schedule'/ },
  ])('wrong use: $args', ({ args, says }) => {
    const { status, stderr } = cron(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(says);
  });
});
