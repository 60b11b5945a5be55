/**
 * Shortest time in which a run sends the requests of one second, milliseconds. It is longer than a second, because requests may
 * arrive closer together than they were sent.
 */
export const SPACED_OVER = 1_010;

/** Milliseconds by which the first requests of a run may take longer than later ones, because they open connections. */
const CONNECTING = 100;

/** The last requests of one run. No second has too many of them, regardless of when they were due and how late they were sent. */
export class SendWindow {
  readonly #size: number;
  readonly #sent: number[] = [];
  #first: number;

  /** @param size maximum number of requests in a second */
  constructor(size: number) {
    this.#size = size;
    this.#first = size;
  }

  /** When the next request may be sent. */
  get opensAt(): number {
    const [oldest = 0] = this.#sent;
    return this.#sent.length < this.#size ? 0 : oldest + SPACED_OVER;
  }

  /** Notes a request that may be sent from now on. */
  add(now: number): void {
    this.#sent.push(now);
    if (this.#sent.length > this.#size) this.#sent.shift();
  }

  /** Notes that the last request has been sent by now. */
  sent(now: number): void {
    const isFirst = this.#first > 0;
    if (isFirst) this.#first -= 1;
    this.#sent[this.#sent.length - 1] = isFirst ? now + CONNECTING : now;
  }
}
