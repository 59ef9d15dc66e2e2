import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';
import { installMatchMedia } from './__testUtils__/viewport';

installMatchMedia();

/** Generous, so that a busy machine makes a test slow and not red. */
configure({ asyncUtilTimeout: 20_000 });
jest.setTimeout(60_000);

/** jsdom lays nothing out; the log draws only what is in sight, so its pane and rows need sizes. */
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: {
    configurable: true,
    get(this: HTMLElement) {
      return this.dataset.index === undefined ? 600 : 20;
    },
  },
  offsetWidth: { configurable: true, value: 800 },
});

/** jsdom does not scroll either: remember where to, and tell those who listen. */
HTMLElement.prototype.scrollTo = function scrollTo(
  this: HTMLElement,
  to?: ScrollToOptions | number,
) {
  this.scrollTop = typeof to === 'object' ? (to.top ?? 0) : 0;
  this.dispatchEvent(new Event('scroll'));
};

/** Nor is anything out of sight. */
HTMLElement.prototype.scrollIntoView = function scrollIntoView() {};
