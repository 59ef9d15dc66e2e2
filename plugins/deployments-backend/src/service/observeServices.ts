import { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import pLimit from 'p-limit';
import { findLastValid, ServiceLoader } from '../manifest';
import { Observer } from '../observation';

/** How many targets are asked at once. */
const CONCURRENCY = 8;

/** Asks every environment of every service what it runs. One that cannot be asked keeps no other from being asked. */
export async function observeServices(options: {
  services: ServiceLoader;
  observer: Observer;
  logger: LoggerService;
  signal: AbortSignal;
}): Promise<void> {
  const { services, observer, logger, signal } = options;
  const limit = pLimit(CONCURRENCY);
  const refs = await services.listRefs();
  await Promise.all(
    refs.map(ref =>
      limit(async () => {
        if (signal.aborted) {
          return;
        }
        try {
          const service = findLastValid(await services.load(ref));
          for (const environment of service?.environments ?? []) {
            await observer.observe(environment, { signal });
          }
        } catch (error) {
          logger.warn(`Could not observe ${ref}: ${stringifyError(error)}`);
        }
      }),
    ),
  );
}
