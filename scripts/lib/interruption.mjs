import { Stop } from './Stop.mjs';

const controller = new AbortController();

/** Is aborted once a person, or whoever started the script, asks it to end. */
export const interruption = controller.signal;

/** How often a script looks whether its package manager is still there, milliseconds. */
const PARENT_CHECK_MS = 1_000;

/**
 * One Ctrl-C can arrive twice: from the terminal, and passed on by npm. Only what comes later than this was a person's
 * second one, milliseconds.
 */
const SAME_PRESS_MS = 500;

/**
 * Lets Ctrl-C, SIGTERM, a closed terminal and the end of the npm that started the script end it in good
 * order: {@link interruption} is aborted, and whoever waits on it cleans up. The second time `force` is
 * called, and the script ends at once.
 *
 * @param {object} options
 * @param {() => void} options.force ends at once what the script started
 */
export function listenForInterruption({ force }) {
  let first = 0;
  const interrupt = () => {
    if (interruption.aborted) {
      if (Date.now() - first < SAME_PRESS_MS) {
        return;
      }
      force();
      process.exit(130);
    }
    first = Date.now();
    controller.abort(new Stop('Interrupted'));
  };
  // The terminal may be gone by the time that its end is to be told.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent && !interruption.aborted) {
        interrupt();
      }
    }, PARENT_CHECK_MS).unref();
  }
}

/** Is rejected once a person asks the script to end. */
export function untilInterrupted() {
  return new Promise((_, reject) => {
    interruption.throwIfAborted();
    interruption.addEventListener('abort', () => reject(interruption.reason));
  });
}
