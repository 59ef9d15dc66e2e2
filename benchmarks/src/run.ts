import { parseArgs } from 'node:util';
import { benchCertificate } from './certificate';
import { benchEngine } from './engine';
import { benchStart } from './start';
import { benchVps } from './vps';

const BENCHMARKS = {
  certificate: benchCertificate,
  engine: benchEngine,
  start: benchStart,
  vps: benchVps,
};

const USAGE = `usage: yarn bench NAME [--short] [--seed N], where NAME is one of: ${Object.keys(
  BENCHMARKS,
).join(', ')}
`;

async function main(): Promise<0 | 1 | 2> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      short: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
    },
  });
  const [name] = positionals;
  const seed = Number(values.seed);
  const benchmark = Object.entries(BENCHMARKS).find(
    ([known]) => known === name,
  );
  if (!benchmark || positionals.length > 1 || !Number.isInteger(seed)) {
    process.stderr.write(USAGE);
    return 2;
  }
  return benchmark[1]({ short: values.short, seed });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(130));
}

main().then(
  status => process.exit(status),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
