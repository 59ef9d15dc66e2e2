import { PropsWithChildren, useEffect, useRef } from 'react';

/** A dialog's or page's title that takes the focus when it opens, so that no button is one key away. */
export function FocusedTitle({ children }: PropsWithChildren<{}>) {
  const ref = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
  }, []);
  return (
    <span ref={ref} tabIndex={-1} style={{ outline: 'none' }}>
      {children}
    </span>
  );
}
