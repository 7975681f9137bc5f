import { configSchema } from '../../node-agent/src/config';
import { problemsOfSchema } from '../../node-agent/src/problems';
import { keysAt } from '../../node-agent/src/schema-keys';

describe('the keys that a schema knows', () => {
  test.each([
    { path: ['tls'], want: ['certFile', 'keyFile', 'clientCaFile'] },
    { path: ['limits'], want: ['requestsPerSecond', 'watches', 'connections'] },
    { path: ['tokens', 0, 'quota'], want: ['claims', 'offers'] },
    { path: ['store'], want: ['type', 'namespace', 'kubeconfig'] },
    { path: ['socket'], want: ['path', 'gid', 'quota', 'verbs', 'pools', 'owners'] },
    { path: ['name'], want: [] },
    { path: ['nothing', 'of', 'it'], want: [] },
  ])('at $path', ({ path, want }) => {
    expect(keysAt(configSchema, path)).toEqual(want);
  });

  test('one of them is what a misspelt key was to be', () => {
    const input = { statedir: 'state', host: { polcy: {}, colour: 'red' } };
    const { error } = configSchema.safeParse(input);
    if (error === undefined) throw new Error('it was taken');
    const found = problemsOfSchema(error, configSchema, input, 'NL_CONFIG_INVALID')
      .filter((problem) => problem.found === 'there is no such key')
      .map(({ key, allowed, fix }) => [key, allowed.split(', ')[0], fix]);
    expect(found).toEqual([
      ['host.polcy', 'one of policy', 'policy?'],
      ['host.colour', 'one of policy', 'leave it out'],
      ['statedir', 'one of name', 'stateDir?'],
    ]);
  });
});
