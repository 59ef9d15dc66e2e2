import { Translate } from './hooks/useTranslation';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** From this age on a time is written out. */
const RELATIVE_UP_TO = 7 * DAY;
/** Up to here ahead the weekday alone tells the day. */
const WEEKDAY_UP_TO = 6 * DAY;

/** The two largest units of a duration, without those that are 0: `4 m 10 s`, `2 h`, `0.4 s`. */
export function formatDuration(t: Translate, ms: number): string {
  if (ms < 10 * SECOND) {
    return formatShort(t, Math.max(ms, 0));
  }
  const total = Math.round(ms / SECOND);
  const s = String(total % 60);
  const m = String(Math.floor(total / 60) % 60);
  const h = String(Math.floor(total / 3_600) % 24);
  const d = String(Math.floor(total / 86_400));
  if (total < 60) {
    return t('duration.s', { s });
  }
  if (total < 3_600) {
    return s === '0' ? t('duration.m', { m }) : t('duration.ms', { m, s });
  }
  if (total < 86_400) {
    return m === '0' ? t('duration.h', { h }) : t('duration.hm', { h, m });
  }
  return h === '0' ? t('duration.d', { d }) : t('duration.dh', { d, h });
}

/** Below 10 s a tenth counts, unless the seconds are whole ones. */
function formatShort(t: Translate, ms: number): string {
  if (ms % SECOND === 0) {
    return t('duration.s', { s: String(ms / SECOND) });
  }
  return ms < SECOND / 20
    ? t('duration.instant')
    : t('duration.s', { s: (ms / SECOND).toFixed(1) });
}

/** How long something has lasted, to the minute: `12 m`, `2 h 5 m`. */
export function formatAge(t: Translate, ms: number): string {
  return formatDuration(t, Math.max(1, Math.floor(ms / MINUTE)) * MINUTE);
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

/** When something will be: `15:00` on the same day, `Mon 08:00` within 6 days, from then on the whole of it. */
export function formatMoment(t: Translate, at: string, now: number): string {
  const locale = t('format.locale');
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'short' });
  const moment = new Date(at);
  const isToday = day.format(moment) === day.format(now);
  const ahead = moment.getTime() - now;
  if (!isToday && (ahead < 0 || ahead > WEEKDAY_UP_TO)) {
    return formatAbsolute(t, at);
  }
  return new Intl.DateTimeFormat(locale, {
    weekday: isToday ? undefined : 'short',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
    .format(moment)
    .replace(',', '');
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
