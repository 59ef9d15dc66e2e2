import { z } from 'zod';
import { say, toldSchema } from './protocol';
import { startScaffolder } from './scaffolderPortal';

/** A portal whose scaffolder takes tasks in and carries out none. */
async function main(url: string): Promise<void> {
  const tasks = z.coerce.number().parse(process.env.BENCH_TASKS);
  const portal = await startScaffolder({ url, hasWorkers: false });
  for (let task = 0; task < tasks; task++) {
    await portal.createTask();
  }
  process.on('message', async message => {
    if (toldSchema.safeParse(message).data?.what === 'stop') {
      await portal.stop();
      process.exit(0);
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
