import { useCallback, useRef, useState } from 'react';

/** Carries out one command at a time, however often it is asked to, and keeps why the last one was refused. */
export function useCommand() {
  const isUnderWay = useRef(false);
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<Error>();
  const run = useCallback(async (command: () => Promise<void>) => {
    if (isUnderWay.current) {
      return;
    }
    isUnderWay.current = true;
    setPending(true);
    setError(undefined);
    try {
      await command();
    } catch (refusal) {
      setError(refusal instanceof Error ? refusal : new Error(String(refusal)));
    } finally {
      isUnderWay.current = false;
      setPending(false);
    }
  }, []);
  return { isPending, error, run };
}
