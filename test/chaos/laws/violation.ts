/** A law that did not hold. */
export interface Violation {
  readonly law: Law;
  readonly tenant: string;
  readonly endpoint: string;
  /** Which record, object, batch or item. */
  readonly record: string;
  readonly message: string;
}

/** What must hold whatever went wrong. */
export const LAWS = {
  complete: 'every record version that the platform shows is in the committed raw objects',
  newest: 'the newest version in the lake is what the platform shows',
  history:
    'every history has each version that was read once, from its first reading to the one that found something else',
  metrics: 'the metrics table holds the item of the newest version, and no item goes back',
  ledger: 'ledger and objects agree, and only the holder of the lease commits',
  range: 'a backfill leaves cursor and lease of the live runs alone',
  rate: 'the rate is kept in every second of true time, as docs/reliability.md promises',
  unlocked: 'no lease is held when nothing runs, and everything comes to an end',
  idle: 'running again writes nothing',
  replay: 'computing everything again from raw gives the same bytes',
  unreadable: 'what is journalled as unreadable, or in quarantine, is exactly what the platform spoils',
  audit: 'an audit finds nothing that is missing, and can compare everything',
  errors: 'runs fail only with errors that say why',
} as const;

export type Law = keyof typeof LAWS;

/** Notes that a law did not hold for a record. */
export type Report = (law: Law, record: string, message: string) => void;
