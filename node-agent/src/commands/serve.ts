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
    // Kept small by the launcher until here. Reading what the kernel says of a thousand bridges needs no
    // more, but V8 would take 128 MiB for it; requests by the thousand do need it.
    onManyRequests: () => setFlagsFromString('--semi-space-growth-factor=2'),
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
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await agent.start();
}
