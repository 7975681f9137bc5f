import { readdirSync } from 'node:fs';
import { checkObjects, errorsOf, networkConfig, parseNetwork } from 'netloom';
import { objectsOf } from './support';

const RIGHT = readdirSync(__dirname)
  .filter((file) => /^s\d-[a-z-]+\.yaml$/.test(file) && !file.includes('printed'))
  .map((file) => file.replace('.yaml', ''));

describe('what the seeds print, repaired', () => {
  test.each(RIGHT)('%s: no error', (file) => {
    const found = checkObjects(objectsOf(file));
    expect(errorsOf(found.map(({ problem }) => problem))).toEqual([]);
  });

  const networks = RIGHT.flatMap((file) =>
    objectsOf(file)
      .filter(({ kind }) => kind === 'NetworkAttachmentDefinition')
      .map(({ metadata, spec }) => ({ name: `${file} ${metadata.name}`, metadata, spec })),
  );

  test.each(networks)('$name: read and written again, it is the same', ({ metadata, spec }) => {
    const config = JSON.parse(spec.config);
    const definition = parseNetwork(config, metadata);
    expect(definition && networkConfig(definition)).toEqual({ name: metadata.name, ...config });
  });
});
