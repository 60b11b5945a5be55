/** The `Date` header counts whole seconds: the true time lies within one of it, milliseconds. */
const RESOLUTION = 999;

/** A difference beyond this is another clock, not a slow answer, milliseconds. */
const APART = 2_000;

/** A clock further from ours than this is wrong, and ours is not: those of functions are kept right by AWS. Milliseconds. */
const MAX_DIFFERENCE = 10 * 60_000;

/** Times are kept in order across runs as long as clocks differ by no more, milliseconds. */
const DISORDER = 5_000;

/**
 * The platform's clock, read from the `Date` header of its answers as long as it is near ours. Cursors and extraction times are compared with the
 * records' own times, which the platform writes: our clock may be wrong, its clock defines what "now" means there.
 * Our own clock fills in the milliseconds.
 */
export class PlatformClock {
  readonly #ownNow: () => number;
  #skew = 0;
  #hasObserved = false;
  #disbelieved: number | null = null;
  /** When the platform had written the last answer, at the latest: an answer may wait for us for minutes. */
  #writtenBy = Number.POSITIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;
  #lastAnswer = Number.NEGATIVE_INFINITY;

  constructor(ownNow: () => number) {
    this.#ownNow = ownNow;
  }

  /**
   * Takes the `Date` header of an answer that has just arrived. The platform wrote it at any time since the request was sent:
   * a slow answer that agrees with what faster ones said changes nothing.
   * @param sentAt our own time when the request was sent, milliseconds
   * @param isSimulated the platform says that its clock is a simulated one: it is believed, however far it is from ours
   */
  observe(dateHeader: string | null, sentAt: number, isSimulated = false): void {
    const platform = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
    this.#writtenBy = Number.POSITIVE_INFINITY;
    if (Number.isNaN(platform)) return;
    const now = this.#ownNow();
    const least = platform - now;
    const slowness = Math.max(0, now - sentAt);
    if (!isSimulated && (least > MAX_DIFFERENCE || least < -slowness - MAX_DIFFERENCE)) {
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
   * Keeps times behind those of an earlier run, whose own clock may have been ahead of ours.
   * @param time last time that was given out, milliseconds
   */
  goOnFrom(time: number): void {
    this.#notBefore = time + 1;
  }

  /** How far a `Date` header was ahead of our clock that was too far from it to be believed, milliseconds; null if none was. */
  get disbelieved(): number | null {
    return this.#disbelieved;
  }

  /** The last time that was given out, milliseconds; null before the first answer. */
  get lastAnswer(): number | null {
    return Number.isFinite(this.#lastAnswer) ? this.#lastAnswer : null;
  }

  /** Platform time in milliseconds since the epoch. */
  now(): number {
    const time = this.#ownNow() + this.#skew;
    return time < this.#notBefore && this.#notBefore - time < DISORDER ? this.#notBefore : time;
  }

  /**
   * Time of an answer that has just arrived, later than that of the one before: what was read last is then the newest. It is
   * earlier only if the clock was found to be wrong by more than `DISORDER`, or the answer was written long ago.
   */
  answered(): number {
    const now = Math.min(this.now(), this.#writtenBy);
    const isBehind = now <= this.#lastAnswer && this.#lastAnswer - now < DISORDER;
    this.#lastAnswer = isBehind ? this.#lastAnswer + 1 : now;
    return this.#lastAnswer;
  }
}
