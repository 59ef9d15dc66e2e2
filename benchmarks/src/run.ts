import { benchStart } from './start';
import { benchVps } from './vps';

const BENCHMARKS = { start: benchStart, vps: benchVps };

async function main(): Promise<0 | 1 | 2> {
  const [name, ...flags] = process.argv.slice(2);
  const benchmark = Object.entries(BENCHMARKS).find(
    ([known]) => known === name,
  );
  if (!benchmark || flags.some(flag => flag !== '--short')) {
    process.stderr.write(
      `usage: yarn bench NAME [--short], where NAME is one of: ${Object.keys(
        BENCHMARKS,
      ).join(', ')}\n`,
    );
    return 2;
  }
  return benchmark[1]({ short: flags.includes('--short') });
}

main().then(
  status => process.exit(status),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
