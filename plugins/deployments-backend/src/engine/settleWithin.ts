/** Waits until all is settled, well or not, and no longer than `withinMs`. */
export async function settleWithin(
  promises: Iterable<Promise<unknown>>,
  withinMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    Promise.allSettled(promises),
    new Promise(resolve => {
      timer = setTimeout(resolve, withinMs);
    }),
  ]);
  clearTimeout(timer);
}
