import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Stop } from '../Stop.mjs';
import { signIn } from './person.mjs';

/**
 * What happened in the demo before one opens it, in order. `ends` is the outcome that is meant,
 * since a history without a failure would be a poor one to learn from.
 */
const HISTORY = [
  deploy('shop', 'v1.0.0', 'The first one'),
  promote('shop', 'Opening day'),
  deploy('payments', 'v2.0.0', 'The first one'),
  promote('payments', 'The shop needs to be paid'),
  deploy('shop', 'v1.1.0'),
  promote('shop', 'Partners ask for the product list'),
  deploy('shop', 'v1.2.0'),
  promote('shop', 'Wrong cents on receipts'),
  deploy('shop', 'v1.3.0'),
  {
    ...deploy('shop', 'v1.4.0', 'Prices from the price service'),
    ends: 'failed',
  },
  deploy('payments', 'v2.1.0'),
];

/**
 * Gives a new demo its history: the demo's people deploy, promote and approve through the portal. Where it was
 * interrupted it goes on at the next start.
 *
 * @param {object} options
 * @param {string} options.url of the portal
 * @param {string} options.state the demo's folder
 * @param {(detail: string) => void} options.say
 */
export async function seed({ url, state, say }) {
  const file = path.join(state, 'seeded');
  let done = existsSync(file) ? Number(await readFile(file, 'utf8')) : 0;
  if (done >= HISTORY.length) {
    return;
  }
  const developer = await signIn({ url, name: 'ana' });
  const reviewer = await signIn({ url, name: 'raj' });
  for (const { service, request, reason, ends } of HISTORY.slice(done)) {
    say(`${done + 1} of ${HISTORY.length}, ${describe(service, request)}`);
    await developer.waitForService(service);
    const run = await developer.start(service, request, reason);
    await developer.tickAll(run);
    if (run.state.phase === 'waiting-for-approval') {
      await reviewer.approve(run, 'Looks good');
    }
    const { state: outcome } = await developer.wait(run);
    if (outcome.phase !== ends) {
      throw new Stop(
        `${describe(service, request)} should have ${ends}, and it is ${outcome.phase}: ${outcome.problem?.message ?? outcome.reason ?? ''}`,
        `Its log is at ${url}/catalog/default/component/${service}/deployments`,
      );
    }
    done += 1;
    await writeFile(file, String(done));
  }
}

/**
 * @param {string} service
 * @param {string} ref
 * @param {string} [reason]
 */
function deploy(service, ref, reason) {
  const request = { operation: 'deploy', environment: 'staging', ref };
  return { service, request, reason, ends: 'succeeded' };
}

function promote(service, reason) {
  const request = { operation: 'promote', environment: 'production' };
  return { service, request, reason, ends: 'succeeded' };
}

/**
 * @param {string} service
 * @param {{ operation: string, environment: string, ref?: string }} request
 */
function describe(service, request) {
  const { operation, environment, ref } = request;
  return [operation, service, ref, 'to', environment].filter(Boolean).join(' ');
}
