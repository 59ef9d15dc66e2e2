import { setTimeout as sleep } from 'node:timers/promises';
import { interruption } from '../interruption.mjs';

/** How long the portal may take to know its people and services after a start, milliseconds. */
const PATIENCE_MS = 60_000;

/** How long one request waits for a run to finish, milliseconds. */
const WAIT_MS = 30_000;

/**
 * Signs in at a demo portal as one of its people and uses its REST API, as anyone's script could.
 *
 * @param {object} options
 * @param {string} options.url of the portal
 * @param {string} options.name of the person
 */
export async function signIn({ url, name }) {
  const answer = await retry(() =>
    request(`${url}/api/auth/demo/refresh`, {
      headers: {
        'x-slipway-person': name,
        'x-requested-with': 'XMLHttpRequest',
      },
    }),
  );
  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  const call = (method, path, body) =>
    request(`${url}/api/deployments${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${answer.backstageIdentity.token}`,
        'Content-Type': 'application/json',
      },
      body: body && JSON.stringify(body),
    });
  return {
    /** Waits until the portal knows a service and its manifest. */
    async waitForService(service) {
      await retry(async () => {
        const { manifest } = await call('GET', pathOf(service));
        if (manifest.status !== 'valid') {
          throw new Error(`The manifest of ${service} is ${manifest.status}`);
        }
      });
    },
    /** One environment of a service, as the portal tells it. */
    async getEnvironment(service, environment) {
      const { environments } = await call('GET', pathOf(service));
      return environments.find(({ name: other }) => other === environment);
    },
    /**
     * Plans an operation and starts it.
     *
     * @param {string} service
     * @param {object} operation
     * @param {string} [reason]
     * @param {'person' | 'automation'} [trigger] a person may say that it is a program that asks
     */
    async start(service, operation, reason, trigger) {
      const plan = await call('POST', `${pathOf(service)}/plans`, operation);
      return call('POST', '/runs', { planHash: plan.hash, reason, trigger });
    },
    cancel: run => call('POST', `/runs/${run.id}/cancel`),
    /**
     * @param {{ id: string, planHash: string }} run
     * @param {string} [reason]
     */
    approve: (run, reason) =>
      call('POST', `/runs/${run.id}/approvals`, {
        decision: 'approved',
        planHash: run.planHash,
        reason,
      }),
    /** Ticks all of a run's checklist that people tick. */
    async tickAll(run) {
      for (const { id, tickable, decision } of run.gates) {
        if (tickable && !decision) {
          await call('POST', `/runs/${run.id}/ticks`, {
            gateId: id,
            planHash: run.planHash,
            ticked: true,
          });
        }
      }
    },
    /** Lets automatic runs into an environment again. */
    releaseHold: (service, environment, { at }) =>
      call(
        'POST',
        `${pathOf(service)}/environments/${environment}/hold/release`,
        { at },
      ),
    /** Waits until a run is finished, and returns it. */
    async wait(run) {
      for (;;) {
        interruption.throwIfAborted();
        const now = await call(
          'GET',
          `/runs/${run.id}/wait?timeoutMs=${WAIT_MS}`,
        );
        if (now.finishedAt !== null) {
          return now;
        }
      }
    },
  };
}

const pathOf = service => `/services/component/default/${service}`;

/** @returns {Promise<any>} what the portal answers, which its API describes */
async function request(url, init) {
  const response = await fetch(url, { ...init, signal: interruption });
  if (!response.ok) {
    const text = await response.text();
    throw new Error(`${response.status} from ${url}: ${text}`);
  }
  return response.json();
}

async function retry(work) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (interruption.aborted || Date.now() > deadline) {
        throw error;
      }
      await sleep(500, undefined, { signal: interruption });
    }
  }
}
