import { BookUnderTest, ModelState, smallCommands } from './book-commands';

/** Steps of each history, behind its beginning. */
const LENGTH = 3;

describe(`every history of ${LENGTH} steps in a pool of two addresses`, () => {
  const { beginnings, commands } = smallCommands();

  test.each(beginnings)(
    'behind %s, %s, %s: what a simple model answers',
    (...beginning) => {
      const count = commands.length ** LENGTH;
      for (let number = 0; number < count; number++) {
        const steps = Array.from({ length: LENGTH }, (_, step) => {
          return commands[Math.floor(number / commands.length ** step) % commands.length];
        });
        const history = [...beginning, ...steps].filter((command) => command !== undefined);
        const [state, real] = [new ModelState(), new BookUnderTest()];
        try {
          for (const command of history) command.run(state, real);
        } catch (error) {
          const text = history.map(String).join('\n  ');
          throw new Error(`this history breaks a promise:\n  ${text}`, { cause: error });
        }
      }
      // 16 commands: none is missing.
      expect(count).toBe(4_096);
    },
    120_000,
  );
});
