import { Translate } from './hooks/useTranslation';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From this age on a time is written out. */
const RELATIVE_UP_TO = 7 * DAY;

/** The two largest units of a duration: `4 m 10 s`, `2 h 5 m`, `0.4 s`. */
export function formatDuration(t: Translate, ms: number): string {
  if (ms < 10 * SECOND) {
    return t('duration.s', { s: (Math.max(ms, 0) / SECOND).toFixed(1) });
  }
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) {
    return t('duration.s', { s: String(seconds) });
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return t('duration.ms', {
      m: String(minutes),
      s: String(seconds % 60),
    });
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return t('duration.hm', { h: String(hours), m: String(minutes % 60) });
  }
  return t('duration.dh', {
    d: String(Math.floor(hours / 24)),
    h: String(hours % 24),
  });
}

/** How long ago something was; from 7 days on the time itself. */
export function formatRelative(t: Translate, at: string, now: number): string {
  const age = now - Date.parse(at);
  if (age < MINUTE) {
    return t('ago.now');
  }
  if (age < HOUR) {
    return t('ago.m', { m: String(Math.floor(age / MINUTE)) });
  }
  if (age < DAY) {
    return t('ago.h', { h: String(Math.floor(age / HOUR)) });
  }
  if (age < RELATIVE_UP_TO) {
    return t('ago.d', { d: String(Math.floor(age / DAY)) });
  }
  return formatAbsolute(t, at);
}

/** `21 Nov 2026 14:02` in the person's time zone. */
export function formatAbsolute(t: Translate, at: string): string {
  return dateTimeFormat(t('format.locale'))
    .format(new Date(at))
    .replace(',', '');
}

/** `21 Nov 2026 14:02 UTC` */
export function formatUtc(t: Translate, at: string): string {
  return `${dateTimeFormat(t('format.locale'), 'UTC')
    .format(new Date(at))
    .replace(',', '')} UTC`;
}

function dateTimeFormat(locale: string, timeZone?: string) {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone,
  });
}

/** The first 7 digits of a commit, the first 12 of a plan hash or digest: enough to tell them apart. */
export function shortenHash(hash: string): string {
  const digest = hash.replace(/^sha256:/, '');
  return digest.slice(0, digest.length === 40 ? 7 : 12);
}

/** The name part of an entity reference, and anything else as it is. */
export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
