/** The reason why a page is requested. */
export type Purpose =
  /** The first page, a second try after an error, and ten records of a page that was too large. */
  | 'first'
  | 'again'
  | 'few'
  /** The second page, the last one according to `Total`, and the page after it. */
  | 'second'
  | 'last'
  | 'beyond'
  /** A page far after the end, if there is no `Total`. */
  | 'deep'
  /** The records of one moment, and those of the future. */
  | 'range'
  | 'future';

/** A request to a collection. Times in milliseconds, only for tails. */
export interface PageQuestion {
  readonly purpose: Purpose;
  readonly page: number;
  readonly per: number;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}
