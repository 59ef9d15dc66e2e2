import { KeyboardEvent } from 'react';

/** Takes the focus from one row of a list to the next, or the one before, with the arrow keys. */
export function moveBetweenRows(event: KeyboardEvent<Element>): void {
  const { nextElementSibling, previousElementSibling } = event.currentTarget;
  const neighbours: Partial<Record<string, Element | null>> = {
    ArrowDown: nextElementSibling,
    ArrowUp: previousElementSibling,
  };
  const row = neighbours[event.key];
  if (row instanceof HTMLElement) {
    event.preventDefault();
    row.focus();
  }
}
