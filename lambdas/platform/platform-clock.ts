/** The `Date` header has whole seconds: the true time is at most this much later, milliseconds. */
const RESOLUTION = 999;

/** A larger difference means that the clocks differ, not that the answer was slow, milliseconds. */
const APART = 2_000;

/** A clock further from ours than this is considered wrong: AWS keeps the clocks of functions right. Milliseconds. */
export const MAX_CLOCK_DIFFERENCE = 10 * 60_000;

/** Times stay in order across runs if the clocks differ by no more than this, milliseconds. */
const DISORDER = 5_000;

/**
 * The platform's clock, read from the `Date` header of its answers. Cursors and extraction times are compared with the times in
 * records, which the platform writes. So the platform's clock defines "now", provided that the header is within 10 minutes of
 * our clock; otherwise our clock does. Our clock also supplies the milliseconds.
 */
export class PlatformClock {
  readonly #ownNow: () => number;
  #skew = 0;
  #hasObserved = false;
  #disbelieved: number | null = null;
  /** The latest time at which the platform can have written the last answer: an answer may be read minutes later. */
  #writtenBy = Number.POSITIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;
  #lastAnswer = Number.NEGATIVE_INFINITY;

  constructor(ownNow: () => number) {
    this.#ownNow = ownNow;
  }

  /**
   * Reads the `Date` header of an answer that has just arrived. The platform wrote it at some time after the request was sent:
   * a slow answer that is consistent with faster ones changes nothing.
   * @param sentAt our own time when the request was sent, milliseconds
   * @param isSimulated whether the platform declares a simulated clock: then the header counts, however far it is from our clock
   */
  observe(dateHeader: string | null, sentAt: number, isSimulated = false): void {
    const platform = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
    this.#writtenBy = Number.POSITIVE_INFINITY;
    if (Number.isNaN(platform)) return;
    const now = this.#ownNow();
    const least = platform - now;
    const slowness = Math.max(0, now - sentAt);
    if (!isSimulated && (least > MAX_CLOCK_DIFFERENCE || least < -slowness - MAX_CLOCK_DIFFERENCE)) {
      this.#disbelieved = least;
      return;
    }
    this.#writtenBy = platform + RESOLUTION;
    const isKnown = this.#hasObserved && this.#skew >= least - APART && this.#skew <= least + slowness + APART;
    this.#hasObserved = true;
    if (isKnown && slowness > APART) return;
    const isApart = Math.abs(least - this.#skew) > APART;
    this.#skew = isApart ? least : Math.min(Math.max(this.#skew, least), least + RESOLUTION);
  }

  /**
   * Makes all later times follow those of an earlier run, whose clock may have been ahead of ours.
   * @param time last time that was returned, milliseconds
   */
  goOnFrom(time: number): void {
    this.#notBefore = time + 1;
  }

  /** How far the last ignored `Date` header was ahead of our clock, milliseconds; null if no header was ignored. */
  get disbelieved(): number | null {
    return this.#disbelieved;
  }

  /** The last time that was returned, milliseconds; null before the first answer. */
  get lastAnswer(): number | null {
    return Number.isFinite(this.#lastAnswer) ? this.#lastAnswer : null;
  }

  /** Platform time in milliseconds since the epoch. */
  now(): number {
    const time = this.#ownNow() + this.#skew;
    return time < this.#notBefore && this.#notBefore - time < DISORDER ? this.#notBefore : time;
  }

  /**
   * Time of an answer that has just arrived. It is later than the time of the previous answer, so that the last version read is
   * the newest. It is earlier only if the clock turns out to be wrong by more than `DISORDER`, or the answer was written long ago.
   */
  answered(): number {
    const now = Math.min(this.now(), this.#writtenBy);
    const isBehind = now <= this.#lastAnswer && this.#lastAnswer - now < DISORDER;
    this.#lastAnswer = isBehind ? this.#lastAnswer + 1 : now;
    return this.#lastAnswer;
  }
}
