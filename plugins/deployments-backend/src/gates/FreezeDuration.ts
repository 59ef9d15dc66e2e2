import { DateTime } from 'luxon';

/** So much later a freeze can end than the calendar lets one think, where clocks change at both its ends. */
const SLACK = { minutes: 150 };

/** How long a freeze lasts: its days are those of the calendar, its hours and minutes those of the clock. */
export class FreezeDuration {
  readonly #zone: string;
  readonly #days: { days: number };
  readonly #clock: { hours: number; minutes: number };

  constructor(options: { duration: string; zone: string }) {
    const [, days, hours, minutes] =
      /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$/.exec(options.duration) ?? [];
    this.#zone = options.zone;
    this.#days = { days: Number(days ?? 0) };
    this.#clock = { hours: Number(hours ?? 0), minutes: Number(minutes ?? 0) };
  }

  endOf(begin: Date): Date {
    return DateTime.fromJSDate(begin, { zone: this.#zone })
      .plus(this.#days)
      .plus(this.#clock)
      .toJSDate();
  }

  /**
   * Moments after which to look for the begin of a freeze that lasts at `at`, the likely one first. None lies before the last of them.
   */
  startsOfSearch(at: Date): Date[] {
    const likely = DateTime.fromJSDate(at, { zone: this.#zone })
      .minus(this.#clock)
      .minus(this.#days);
    const starts =
      this.#days.days > 0 ? [likely, likely.minus(SLACK)] : [likely];
    return starts.map(start => start.toJSDate());
  }
}
