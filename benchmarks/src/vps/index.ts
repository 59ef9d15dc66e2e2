import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../lib/findFreePort';
import { LoadResult, startLoad } from '../lib/load';
import { median, printReport, seconds } from '../lib/report';
import { Deployer } from './Deployer';
import { installPeers } from './installPeers';
import { Pm2Deployer } from './Pm2Deployer';
import { SampleRepository } from './SampleRepository';
import { ShipitDeployer } from './ShipitDeployer';
import { SlipwayDeployer } from './SlipwayDeployer';
import { startSshHost } from './startSshHost';

const CLIENTS = 20;

type Measured = {
  deployMs: number;
  rollbackMs: number;
  load: { keepAlive: LoadResult; close: LoadResult };
};

/**
 * Deploys the same application to the same sshd with this product and with its peers, one after the other.
 *
 * @returns the exit status.
 */
export async function benchVps(options: { short: boolean }): Promise<0 | 1> {
  const rounds = options.short ? 3 : 5;
  const requests = options.short ? 2_000 : 20_000;
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const peers = await installPeers();
  const host = await startSshHost({
    directory: join(directory, 'host'),
    peers,
  });
  const results = new Map<string, Measured>();
  try {
    const repository = await SampleRepository.create(join(directory, 'sample'));
    const common = { host: host.host, peers, repository: repository.directory };
    const deployers: Deployer[] = [
      new SlipwayDeployer(await findFreePort(), {
        ...common,
        workDirectory: join(directory, 'slipway'),
      }),
      new ShipitDeployer(await findFreePort(), {
        ...common,
        workDirectory: join(directory, 'shipit'),
      }),
      new Pm2Deployer(await findFreePort(), {
        ...common,
        workDirectory: join(directory, 'pm2-deploy'),
      }),
    ];
    for (const deployer of deployers) {
      tell(`${deployer.name}: first deployment`);
      try {
        await deployer.prepare();
        results.set(
          deployer.name,
          await measure({ deployer, repository, rounds, requests }),
        );
      } finally {
        await deployer.stop();
      }
    }
  } finally {
    await host.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return report(results);
}

async function measure(options: {
  deployer: Deployer;
  repository: SampleRepository;
  rounds: number;
  requests: number;
}): Promise<Measured> {
  const { deployer, repository, rounds, requests } = options;
  const deploys: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await repository.change();
    deploys.push(await time(() => deployer.deploy()));
    tell(`${deployer.name}: deploy ${round} ${seconds(deploys[round - 1])}`);
  }
  const rollbacks: number[] = [];
  for (let round = 1; round < rounds; round++) {
    rollbacks.push(await time(() => deployer.rollback()));
    tell(
      `${deployer.name}: rollback ${round} ${seconds(rollbacks[round - 1])}`,
    );
  }
  return {
    deployMs: median(deploys),
    rollbackMs: median(rollbacks),
    load: {
      keepAlive: await measureLoad({ ...options, requests, keepAlive: true }),
      close: await measureLoad({ ...options, requests, keepAlive: false }),
    },
  };
}

/** Deploys, and rolls back, and deploys again while clients ask, until they have asked often enough. */
async function measureLoad(options: {
  deployer: Deployer;
  repository: SampleRepository;
  requests: number;
  keepAlive: boolean;
}): Promise<LoadResult> {
  const { deployer, repository, requests, keepAlive } = options;
  const load = startLoad({ port: deployer.port, clients: CLIENTS, keepAlive });
  do {
    await repository.change();
    await deployer.deploy();
    await deployer.rollback();
  } while (load.count() < requests);
  const result = await load.stop();
  tell(
    `${deployer.name}: ${result.failed} of ${result.requests} requests failed`,
  );
  return result;
}

function report(results: Map<string, Measured>): 0 | 1 {
  const [[name, ours], ...peers] = [...results];
  const fastest = (of: (measured: Measured) => number) =>
    Math.min(...peers.map(([, measured]) => of(measured)));
  return printReport({
    benchmark: 'vps',
    table: [
      ['', 'deploy', 'rollback', 'failed, keep-alive', 'failed, no keep-alive'],
      ...[...results].map(([who, { deployMs, rollbackMs, load }]) => [
        who,
        seconds(deployMs),
        seconds(rollbackMs),
        `${load.keepAlive.failed} of ${load.keepAlive.requests}`,
        `${load.close.failed} of ${load.close.requests}`,
      ]),
    ],
    goals: [
      {
        name: `deploy, ${name} to the faster peer`,
        actual: ours.deployMs / fastest(({ deployMs }) => deployMs),
        atMost: 0.6,
      },
      {
        name: `rollback, ${name} to the faster peer`,
        actual: ours.rollbackMs / fastest(({ rollbackMs }) => rollbackMs),
        atMost: 0.5,
      },
      {
        name: 'failed requests',
        actual: ours.load.keepAlive.failed + ours.load.close.failed,
        atMost: 0,
      },
    ],
  });
}

async function time(act: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
