import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { startPortal, waitForLeftover, waitForPortal } from '../portal.mjs';
import { bringPm2 } from '../tools.mjs';
import { startForge } from './forge.mjs';
import { makeRepository } from './repository.mjs';
import { createServers } from './servers.mjs';
import { choosePorts } from './settings.mjs';

/** The examples that become repositories and services. */
const EXAMPLES = ['shop', 'payments', 'mailer'];

/**
 * Starts a portal with people, repositories and servers of its own, all of it on this machine and
 * below one folder. What was started is ended by `stop`, in the reverse order, also where the start failed halfway.
 *
 * @param {object} options
 * @param {{ node: string, path: string[] }} options.toolchain
 * @param {string} options.state the folder; a demo that is there goes on
 * @param {number} options.port of the portal
 * @param {boolean} [options.reset] whether it begins anew
 * @param {Pick<import('../Progress.mjs').Progress, 'step'>} options.progress
 */
export function createDemo({ toolchain, state, port, reset, progress }) {
  /** @type {Array<{ what: string, stop: (say: (detail: string) => void) => Promise<void> }>} */
  const stops = [];
  /** @type {import('../portal.mjs').Portal | undefined} */
  let portal;
  /** @type {() => void} */
  let killServers = () => {};
  const pidFile = path.join(state, 'portal.pid');
  return {
    async start() {
      const pm2 = await progress.step('PM2', bringPm2);
      const servers = createServers({ state, toolchain, pm2 });
      await waitForLeftover(pidFile);
      await servers.stop();
      if (reset) {
        await rm(state, { recursive: true, force: true });
      }
      const ports = await choosePorts(state);
      const repositories = path.join(state, 'forge');
      await progress.step('Git repositories', async () => {
        await mkdir(repositories, { recursive: true });
        for (const name of EXAMPLES) {
          await makeRepository({
            name,
            folder: repositories,
            variables: {
              ...ports,
              FORGE_URL: `http://localhost:${ports.FORGE_PORT}`,
              SERVERS: path.join(state, 'servers'),
            },
          });
        }
        const forge = await startForge({
          folder: repositories,
          port: ports.FORGE_PORT,
        });
        stops.push({ what: 'Git repositories', stop: forge.stop });
        return `on ${forge.url}`;
      });
      await progress.step('Services', async () => {
        stops.push({ what: 'services', stop: servers.stop });
        killServers = servers.kill;
        return servers.start();
      });
      const started = await progress.step('Portal', async () => {
        await mkdir(path.join(state, 'database'), { recursive: true });
        portal = startPortal({
          toolchain,
          port,
          configs: ['app-config.yaml', 'app-config.demo.yaml'],
          variables: {
            ...servers.variables,
            SLIPWAY_STATE: state,
            SLIPWAY_FORGE_PORT: String(ports.FORGE_PORT),
          },
          logFile: path.join(state, 'portal.log'),
          pidFile,
        });
        stops.push({ what: 'portal', stop: portal.stop });
        await waitForPortal(portal);
        return portal;
      });
      return { url: started.url, ports, ended: started.ended };
    },
    async stop() {
      const errors = [];
      for (const { what, stop } of stops.reverse()) {
        await progress
          .step(`Ending the ${what}`, stop)
          .catch(error => errors.push(error));
      }
      if (errors.length > 0) {
        throw errors[0];
      }
    },
    /** Ends at once what would go on without this process. */
    kill() {
      portal?.kill();
      killServers();
    },
  };
}
