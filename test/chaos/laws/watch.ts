import { isObject } from '../../../lambdas/common/json.ts';
import { type Item, isEqual, toItem } from '../aws/document.ts';
import type { FakeDynamoDb, Write } from '../aws/fake-dynamodb.ts';
import type { ObjectWrite } from '../aws/fake-s3.ts';
import type { Process } from '../chaos-process.ts';
import { METRICS_TABLE, STATE_TABLE } from '../chaos-tables.ts';
import type { Law, Violation } from './violation.ts';

/** The platform may show a record so long after the time it carries, milliseconds. */
const SETTLE = 60_000;

/** A function's clock may be so far ahead, milliseconds. */
const SKEW = 2_100;

/** When the version of an item changed, as the order of versions takes it: not after it was read. */
const changeOf = ({ source_updated_at: changed, ingested_at: read }: Item): string | undefined =>
  [String(changed), String(read)].sort()[0];

/** Looks at every write when it happens: some laws are broken in passing and leave no trace at the end. */
export class Watch {
  readonly violations: Violation[] = [];
  /** Keys of the objects that committed batches name. */
  readonly committed = new Set<string>();
  /** Changes since the start: of objects, metrics items and committed batches. */
  readonly writes = { objects: 0, items: 0, batches: 0 };
  readonly #dynamodb: FakeDynamoDb;
  readonly #now: () => number;
  readonly #holders = new Map<string, Process>();
  readonly #slots = new Map<string, Process>();
  readonly #batches = new Map<string, Item>();

  constructor(dynamodb: FakeDynamoDb, now: () => number) {
    this.#dynamodb = dynamodb;
    this.#now = now;
  }

  object({ key, before, after }: ObjectWrite, by: Process): void {
    this.writes.objects += 1;
    if (before !== undefined && this.committed.has(key) && Buffer.compare(before, after) !== 0)
      this.#report('ledger', by, key, 'a committed object was overwritten with other bytes');
  }

  item({ table, before, after }: Write, by: Process): void {
    if (table === METRICS_TABLE) this.#metrics(before, after, by);
    else if (table === STATE_TABLE && after.sk === 'checkpoint') this.#checkpoint(before, after, by);
    else if (table === STATE_TABLE && String(after.sk).startsWith('batch#')) this.#ledgerItem(before, after, by);
  }

  #metrics(before: Item | undefined, after: Item, by: Process): void {
    this.writes.items += 1;
    if (before !== undefined && String(changeOf(before)) > String(changeOf(after)))
      this.#report(
        'metrics',
        by,
        String(after.call_key),
        `went from ${before.source_updated_at} back to ${after.source_updated_at}`,
      );
  }

  #checkpoint(before: Item | undefined, after: Item, by: Process): void {
    const place = String(after.pk);
    if (after.slot !== before?.slot) this.#slots.set(`${place} ${after.slot}`, by);
    if (Number(before?.fencingToken ?? 0) !== after.fencingToken) {
      if (Number(after.fencingToken) !== Number(before?.fencingToken ?? 0) + 1)
        this.#report('ledger', by, place, 'the fencing token did not rise by one');
      this.#holders.set(place, by);
    }
    this.#position(after, by);
    const seq = Number(after.seq ?? 0);
    const seqBefore = Number(before?.seq ?? 0);
    if (seq === seqBefore) return;
    this.writes.batches += 1;
    if (seq !== seqBefore + 1) this.#report('ledger', by, `batch ${seq}`, `committed after batch ${seqBefore}`);
    const isRange = Object(after.lastEntry).range !== undefined;
    if (isRange) this.#rangeCommit(before ?? {}, after, by);
    else if (this.#holders.get(place) !== by)
      this.#report('ledger', by, `batch ${seq}`, `committed while ${this.#holders.get(place)?.name} holds the lease`);
    const batch = toItem(Object(after.lastEntry));
    this.#batches.set(`${place} ${seq}`, batch);
    for (const object of Array.isArray(batch.objects) ? batch.objects : [])
      this.committed.add(String(Object(object).key));
  }

  /** A batch of a backfill: in its slot, between live runs, and their cursor where it was. */
  #rangeCommit(before: Item, after: Item, by: Process): void {
    const place = `batch ${after.seq}`;
    if (this.#slots.get(`${after.pk} ${before.slot}`) !== by)
      this.#report('range', by, place, 'committed outside its slot');
    if (Number(before.leaseUntil) > this.#now() + SKEW)
      this.#report('range', by, place, `committed while ${this.#holders.get(String(after.pk))?.name} holds the lease`);
    const cursorIn = ({ position }: Item) => (typeof position === 'string' ? JSON.parse(position).cursor : null);
    if (after.cursor !== before.cursor || cursorIn(after) !== cursorIn(before))
      this.#report('range', by, place, `moved the live cursor from ${before.cursor} to ${after.cursor}`);
  }

  #position(checkpoint: Item, by: Process): void {
    const position: unknown = typeof checkpoint.position === 'string' ? JSON.parse(checkpoint.position) : undefined;
    if (!isObject(position)) return;
    if (isObject(position.parents)) {
      for (const [parent, seq] of Object.entries(position.parents)) {
        const key = { pk: `${by.tenant}#${parent}`, sk: `batch#${String(seq).padStart(10, '0')}` };
        if (this.#dynamodb.item(STATE_TABLE, key) === undefined)
          this.#report('ledger', by, `position ${parent} ${seq}`, 'is beyond the ledger of the parent');
      }
    } else if ('open' in position && typeof checkpoint.cursor === 'string') {
      const latest = this.#now() - SETTLE + SKEW;
      if (Date.parse(checkpoint.cursor) > latest)
        this.#report(
          'newest',
          by,
          checkpoint.cursor,
          `is nearer to now (${new Date(this.#now()).toISOString()}) than the settle time`,
        );
    }
  }

  #ledgerItem(before: Item | undefined, after: Item, by: Process): void {
    const place = `${after.pk} ${after.seq}`;
    const { pk: _pk, sk: _sk, ...batch } = after;
    const committed = this.#batches.get(place);
    if (before !== undefined) this.#report('ledger', by, place, 'a ledger item was changed');
    if (committed === undefined) this.#report('ledger', by, place, 'appended before its commit');
    else if (!isEqual(committed, batch)) this.#report('ledger', by, place, 'differs from what was committed');
  }

  #report(law: Law, by: Process, record: string, message: string): void {
    this.violations.push({ law, tenant: by.tenant, endpoint: by.endpoint, record, message: `${by.name}: ${message}` });
  }
}
