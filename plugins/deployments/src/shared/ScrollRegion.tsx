import { ComponentPropsWithoutRef, forwardRef } from 'react';

/** What scrolls must take the focus, or it cannot be scrolled by keyboard (WCAG 2.1.1). */
const FOCUSABLE = { tabIndex: 0 };

/** A named part of a screen that scrolls on its own. */
export const ScrollRegion = forwardRef<
  HTMLDivElement,
  ComponentPropsWithoutRef<'div'> & { 'aria-label': string }
>(function ScrollRegionWithRef(props, ref) {
  return <div ref={ref} role="region" {...FOCUSABLE} {...props} />;
});
