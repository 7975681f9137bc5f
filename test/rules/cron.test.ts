import { checkCron } from '../../src/rules/cron';

test.each([
  '30 4 * * *',
  '*/5 * * * *',
  '0,30 0-23/2 1-31 1,JUL-dec mon-FRI',
  '59 23 31 12 6',
  '  0   0 1 1 0 ',
  '? ? ? ? ?',
  '5/15 * * * *',
  '30 4 31 2 1',
])('S3.7 "%s" is a schedule', (text) => {
  expect(checkCron('x', text)).toEqual([]);
});

test.each([
  ['', 'has 0 fields'],
  ['30', 'has 1 field'],
  ['30 4 * *', 'has 4 fields'],
  ['0 30 4 * * *', 'has 6 fields'],
  ['@daily', 'has 1 field'],
  ['60 4 * * *', '"60" is no minute (0 to 59)'],
  ['30 24 * * *', '"24" is no hour (0 to 23)'],
  ['30 4 0 * *', '"0" is no day of the month (1 to 31)'],
  ['30 4 * 13 *', '"13" is no month (1 to 12)'],
  ['30 4 * * 7', '"7" is no day of the week (0 to 6)'],
  ['30 4 * * monday', '"monday" is no day of the week (0 to 6)'],
  ['*/0 4 * * *', '"*/0" is no minute (0 to 59)'],
  ['30 5-4 * * *', '"5-4" is no hour (0 to 23)'],
  ['30 1-2-3 * * *', '"1-2-3" is no hour (0 to 23)'],
  ['30 4, * * *', '"4," is no hour (0 to 23)'],
  ['30 4/2/2 * * *', '"4/2/2" is no hour (0 to 23)'],
  ['x 4 * * *', '"x" is no minute (0 to 59)'],
  ['-1 4 * * *', '"-1" is no minute (0 to 59)'],
  ['30 4 31 2 *', 'never comes'],
  ['30 4 31 4,6 ?', 'never comes'],
])('S3.7 "%s" is none', (text, why) => {
  const [problem, ...others] = checkCron('x', text);
  expect(problem).toMatchObject({
    code: 'NL_CRON_INVALID',
    key: 'x',
    found: expect.stringContaining(why),
  });
  expect(others).toEqual([]);
});

test('what is no text is none', () => {
  expect(checkCron('x', 5)).toHaveLength(1);
  expect(checkCron('x', undefined)).toHaveLength(1);
});
