const KEY = 'slipway.demo.person';

/**
 * Who was chosen, remembered for this browser tab: a reload keeps the person, and two tabs can be
 * two people, which is how one approves one's own promotion honestly.
 */
export const chosenPerson = {
  get: () => window.sessionStorage.getItem(KEY),
  set: (name: string) => window.sessionStorage.setItem(KEY, name),
  clear: () => window.sessionStorage.removeItem(KEY),
};
