import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

/** What the person looks at, kept in the address so that a link shows another person the same. */
export type RunView = {
  /** Id of the step that is marked. */
  step: string | null;
  /** Number of the line that is marked, from 1. */
  line: number | null;
  query: string;
};

/** The view as the address has it, and how to change a part of it. */
export function useRunView(): [RunView, (change: Partial<RunView>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params), [params]);
  const change = useCallback(
    (part: Partial<RunView>) =>
      setParams(
        known => {
          const next = { ...readView(known), ...part };
          const written = new URLSearchParams(known);
          write(written, 'step', next.step);
          write(written, 'line', next.line === null ? null : String(next.line));
          write(written, 'q', next.query || null);
          return written;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [view, change];
}

function readView(params: URLSearchParams): RunView {
  const line = Number(params.get('line'));
  return {
    step: params.get('step'),
    line: Number.isInteger(line) && line > 0 ? line : null,
    query: params.get('q') ?? '',
  };
}

function write(params: URLSearchParams, name: string, value: string | null) {
  if (value === null) {
    params.delete(name);
  } else {
    params.set(name, value);
  }
}
