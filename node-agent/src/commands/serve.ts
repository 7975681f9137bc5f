import { setFlagsFromString } from 'node:v8';
import { createAgent } from '../agent';

/** Runs an agent until SIGTERM or SIGINT; then everything under way is ended first. */
export async function serve(configFile: string): Promise<void> {
  const agent = createAgent({
    config: configFile,
    onFatal: () => {
      // At once: what memory holds beyond the disk must not be answered from.
      setImmediate(() => process.exit(4));
    },
  });
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    agent.stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  // Reading the store makes long-lived objects only: V8 would triple its room for new ones (three times
  // 16 MiB, never given back) and copy them about in it.
  setFlagsFromString('--semi-space-growth-factor=1');
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await agent.start();
  setFlagsFromString('--semi-space-growth-factor=2');
}
