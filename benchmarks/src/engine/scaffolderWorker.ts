import { say, toldSchema } from './protocol';
import { createTask, startScaffolder } from './scaffolderBackend';

/** A worker with the scaffolder as it comes. */
async function main(url: string): Promise<void> {
  const backend = await startScaffolder({ url, hasWorkers: true });
  process.on('message', async message => {
    switch (toldSchema.safeParse(message).data?.what) {
      case 'go':
        await createTask(backend.server.port());
        say({ what: 'ready' });
        return;
      case 'stop':
        await backend.stop();
        process.exit(0);
        return;
      default:
    }
  });
  say({ what: 'ready' });
}

if (process.env.BENCH_DATABASE) {
  main(process.env.BENCH_DATABASE).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
