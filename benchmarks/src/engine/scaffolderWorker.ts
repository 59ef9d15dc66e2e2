import { say, toldSchema } from './protocol';
import { startScaffolder } from './scaffolderPortal';

/** A replica of a portal with the scaffolder. */
async function main(url: string): Promise<void> {
  const portal = await startScaffolder({ url, hasWorkers: true });
  process.on('message', async message => {
    switch (toldSchema.safeParse(message).data?.what) {
      case 'go':
        await portal.createTask();
        say({ what: 'ready' });
        return;
      case 'stop':
        await portal.stop();
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
