const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** How long to leave a run alone that could not be taken further so many times in a row, milliseconds. */
export function retryDelay(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
}
