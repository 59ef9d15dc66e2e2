import '@testing-library/jest-dom';
import { installMatchMedia } from './testing/viewport';

installMatchMedia();

/** jsdom lays nothing out; the log draws only what is in sight, so it needs a size to draw into. */
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, value: 600 },
  offsetWidth: { configurable: true, value: 800 },
});
