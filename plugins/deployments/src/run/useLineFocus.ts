import { FocusEvent, KeyboardEvent, useState } from 'react';
import {
  defaultRangeExtractor,
  Range,
  VirtualItem,
} from '@tanstack/react-virtual';

/**
 * Keyboard access to the numbers of lines: Tab goes to one of them, arrow keys from there to the others, so
 * that a log of thousands of lines is one stop on the way.
 */
export function useLineFocus(count: number) {
  const [at, setAt] = useState<number | null>(null);
  const focused = at !== null && at < count ? at : null;
  return {
    handlers: {
      onFocus: ({ target }: FocusEvent) => setAt(indexOf(target)),
      onBlur: () => setAt(null),
      onKeyDown: goToNeighbour,
    },
    /** The line that has the focus stays drawn when it is scrolled away, or the focus would be lost. */
    keepDrawn: (range: Range): number[] => {
      const indices = defaultRangeExtractor(range);
      return focused === null || indices.includes(focused)
        ? indices
        : [...indices, focused].sort((a, b) => a - b);
    },
    /** The line to which Tab goes: where the focus is, else the marked one, else the first in sight. */
    choose: (options: {
      drawn: readonly VirtualItem[];
      marked: number;
      /** How far the log is scrolled, pixels. */
      top: number;
    }): number | undefined => {
      const { drawn, marked, top } = options;
      if (focused !== null) {
        return focused;
      }
      const item =
        drawn.find(({ index }) => index === marked) ??
        drawn.find(({ start }) => start >= top);
      return item?.index;
    },
  };
}

/** Arrow keys go from the number of a line to that of the one above or below. */
function goToNeighbour(event: KeyboardEvent<HTMLElement>) {
  const offset = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const index = indexOf(event.target);
  if (offset === undefined || index === null) {
    return;
  }
  event.preventDefault();
  event.currentTarget
    .querySelector<HTMLElement>(`[data-index="${index + offset}"] a`)
    ?.focus();
}

function indexOf(target: EventTarget): number | null {
  const row = target instanceof Element && target.closest('[data-index]');
  return row ? Number(row.getAttribute('data-index')) : null;
}
