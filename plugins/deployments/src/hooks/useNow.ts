import { useEffect, useState } from 'react';

/** The present time, milliseconds since 1970, renewed every `everyMs` so that ages and durations on screen keep up. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
