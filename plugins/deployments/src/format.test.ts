import { mockApis } from '@backstage/frontend-test-utils';
import {
  formatAbsolute,
  formatAge,
  formatDuration,
  formatMoment,
  formatRelative,
  formatUtc,
  nameOf,
  shortenHash,
} from './format';
import { deploymentsTranslationRef } from './translations';

const NOW = Date.parse('2026-11-21T14:02:00.000Z');

describe('format', () => {
  const snapshot = mockApis
    .translation()
    .getTranslation(deploymentsTranslationRef);
  const t = (() => {
    if (!snapshot.ready) {
      throw new Error('the default language is always ready');
    }
    return snapshot.t;
  })();

  it.each([
    ['2026-11-21T15:00:00.000Z', '15:00'],
    ['2026-11-21T13:00:00.000Z', '13:00'],
    ['2026-11-22T00:30:00.000Z', 'Sun 00:30'],
    ['2026-11-23T08:00:00.000Z', 'Mon 08:00'],
    ['2026-11-28T08:00:00.000Z', '28 Nov 2026 08:00'],
    ['2026-11-20T08:00:00.000Z', '20 Nov 2026 08:00'],
  ])('writes the moment %s as %s', (at, written) => {
    expect(formatMoment(t, at, NOW)).toBe(written);
  });

  it.each([
    [0, '0 s'],
    [30, '<0.1 s'],
    [400, '0.4 s'],
    [3_000, '3 s'],
    [9_940, '9.9 s'],
    [42_000, '42 s'],
    [59_700, '1 m'],
    [250_000, '4 m 10 s'],
    [7_200_000, '2 h'],
    [7_500_000, '2 h 5 m'],
    [90_000_000, '1 d 1 h'],
    [-5, '0 s'],
  ])('writes a duration of %d ms as %s', (ms, words) => {
    expect(formatDuration(t, ms)).toBe(words);
  });

  it.each([
    ['2026-11-21T14:01:30.000Z', 'just now'],
    ['2026-11-21T13:50:00.000Z', '12 m ago'],
    ['2026-11-21T11:00:00.000Z', '3 h ago'],
    ['2026-11-15T14:02:00.000Z', '6 d ago'],
  ])('writes %s as %s', (at, words) => {
    expect(formatRelative(t, at, NOW)).toBe(words);
  });

  it('writes times out from 7 days on', () => {
    const at = '2026-11-14T14:02:00.000Z';
    expect(formatRelative(t, at, NOW)).toBe(formatAbsolute(t, at));
    expect(formatUtc(t, at)).toBe('14 Nov 2026 14:02 UTC');
  });

  it('writes waiting times to the minute', () => {
    expect(formatAge(t, 20_000)).toBe('1 m');
    expect(formatAge(t, 725_000)).toBe('12 m');
  });

  it('shortens commits to 7 digits, digests and plan hashes to 12', () => {
    expect(shortenHash('a'.repeat(40))).toBe('aaaaaaa');
    expect(shortenHash(`sha256:${'b'.repeat(64)}`)).toBe('bbbbbbbbbbbb');
  });

  it('names a reference by its last part and leaves other words alone', () => {
    expect(nameOf('user:default/ana')).toBe('ana');
    expect(nameOf('slipway')).toBe('slipway');
  });
});
