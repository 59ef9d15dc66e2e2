import { RefObject, useCallback, useEffect, useRef } from 'react';
import { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import { LogLine } from '@slipway/plugin-deployments-common';
import { HEADER_ROOM } from '../shared/headerRoom';

/**
 * Brings the marked line into sight once it is there. Returns how to mark a line where it stands: that one
 * must not move under the pointer.
 */
export function useScrollToLine(options: {
  lines: readonly LogLine[];
  markedLine: number | null;
  pane: RefObject<HTMLElement>;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  onMark: (line: number) => void;
}): (line: number) => void {
  const { lines, markedLine, pane, virtualizer, onMark } = options;
  const shown = useRef<number | null>(null);
  useEffect(() => {
    if (markedLine === null) {
      shown.current = null;
      return;
    }
    if (shown.current !== markedLine && lines.length >= markedLine) {
      shown.current = markedLine;
      const index = markedLine - 1;
      virtualizer.scrollToIndex(index, { align: 'center' });
      bringIntoSight(pane.current, virtualizer.measurementsCache[index]);
    }
  }, [lines.length, markedLine, pane, virtualizer]);
  const latest = useRef(onMark);
  useEffect(() => {
    latest.current = onMark;
  });
  return useCallback((line: number) => {
    shown.current = line;
    latest.current(line);
  }, []);
}

/** Scrolls the page to the log where one of its lines is out of sight, below the header that stays there. */
function bringIntoSight(
  pane: HTMLElement | null,
  line: VirtualItem | undefined,
) {
  if (!pane || !line) {
    return;
  }
  const top = pane.getBoundingClientRect().top + line.start - pane.scrollTop;
  if (top < HEADER_ROOM || top + line.size > window.innerHeight) {
    pane.scrollIntoView({ block: 'nearest' });
  }
}
