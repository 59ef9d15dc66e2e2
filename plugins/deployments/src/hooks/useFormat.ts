import { useMemo } from 'react';
import {
  formatAbsolute,
  formatAge,
  formatDuration,
  formatMoment,
  formatRelative,
} from '../format';
import { useTranslation } from './useTranslation';

/** Numbers, times and durations, written as the person's language writes them. */
export function useFormat() {
  const { t } = useTranslation();
  return useMemo(() => {
    const locale = t('format.locale');
    const numbers = new Intl.NumberFormat(locale);
    return {
      number: (value: number) => numbers.format(value),
      /** `4 m 10 s` */
      duration: (ms: number) => formatDuration(t, ms),
      /** `12 m`: a duration to the minute */
      age: (ms: number) => formatAge(t, ms),
      /** `3 h ago`, from 7 days on `21 Nov 2026 14:02` */
      relative: (at: string, now: number) => formatRelative(t, at, now),
      /** `21 Nov 2026 14:02`, in the person's time zone */
      absolute: (at: string) => formatAbsolute(t, at),
      /** `15:00`, `Mon 08:00`, `21 Nov 2026 14:02`: a moment ahead */
      moment: (at: string, now: number) => formatMoment(t, at, now),
      /** `14:02` */
      clock: (at: number) =>
        new Intl.DateTimeFormat(locale, {
          hour: '2-digit',
          minute: '2-digit',
          hour12: false,
        }).format(at),
      /** `58 MB` */
      bytes: (value: number) =>
        new Intl.NumberFormat(locale, {
          style: 'unit',
          unit: 'megabyte',
          maximumFractionDigits: value < 10_000_000 ? 1 : 0,
        }).format(value / 1_000_000),
    };
  }, [t]);
}
