import { RefObject, useEffect, useRef } from 'react';

/**
 * Takes the focus to the element of the returned ref once a dialog has closed, where the focus would be lost because what
 * opened the dialog is gone by then.
 */
export function useFocusWhenLost<T extends HTMLElement>(
  isOpen: boolean,
): RefObject<T> {
  const ref = useRef<T>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) {
      // The dialog itself gives the focus back within a frame, where it can.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (document.activeElement === document.body) {
            ref.current?.focus({ preventScroll: true });
          }
        }),
      );
    }
    wasOpen.current = isOpen;
  }, [isOpen]);
  return ref;
}
