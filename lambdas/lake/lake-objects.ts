import { hash } from 'node:crypto';
import { formatSequence } from '../aws/state-keys.ts';
import { appendMembers, formatMembers } from '../common/json-text.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Zone } from './stored-object.ts';

/** An object to write. Its key is derived from its content, so writing it again overwrites it with the same bytes. */
export interface LakeObject {
  readonly key: string;
  readonly zone: Zone;
  readonly dt: string;
  /** Number of its lines. */
  readonly records: number;
  readonly body: Uint8Array;
}

export interface Line {
  readonly dt: string;
  /** A JSON object. */
  readonly json: string;
  /** Keys added by ingestion, e.g. `_extracted_at`. */
  readonly added: Readonly<Record<string, unknown>>;
}

/** Where objects are written. */
export interface Place {
  readonly zone: Zone;
  /** @default - the zone holds one table */
  readonly endpoint?: string;
  readonly tenant: string;
  readonly seq: number;
}

/** Collects lines in one object per partition and keeps their order. */
export class LakeObjectBuilder {
  readonly #place: Place;
  readonly #partitions = new Map<string, LineBuffer>();
  #added: Line['added'] = {};
  #members: string | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  add({ dt, json, added }: Line): void {
    let partition = this.#partitions.get(dt);
    if (partition === undefined) {
      partition = new LineBuffer();
      this.#partitions.set(dt, partition);
    }
    partition.add(appendMembers(json, this.#formatAdded(added)));
  }

  /** The objects of all lines, in the order of their first lines. */
  close(): LakeObject[] {
    const { zone, endpoint, tenant, seq } = this.#place;
    const folder = endpoint === undefined ? zone : `${zone}/${endpoint}`;
    return [...this.#partitions].map(([dt, partition]) => {
      const body = partition.toBytes();
      // over the whole content, without the last line break: two runs that got different answers never write the same key
      const digest = hash('sha1', body.subarray(0, -1), 'hex').slice(0, 12);
      const key = `${folder}/tenant=${tenant}/dt=${dt}/${formatSequence(seq)}-${digest}.ndjson.gz`;
      return { key, zone, dt, records: partition.lines, body };
    });
  }

  /** The keys added to the lines of a page are the same. They are formatted once. */
  #formatAdded(added: Line['added']): string {
    if (this.#members === undefined || !isSame(added, this.#added)) {
      this.#added = added;
      this.#members = formatMembers(added);
    }
    return this.#members;
  }
}

/** Whether two objects have the same members in the same order. */
function isSame(a: Line['added'], b: Line['added']): boolean {
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key, index) => key === others[index] && a[key] === b[key]);
}

/** Creates one object per partition and keeps the order of the lines. */
export function createLakeObjects(place: Place, lines: Iterable<Line>): LakeObject[] {
  const builder = new LakeObjectBuilder(place);
  for (const line of lines) builder.add(line);
  return builder.close();
}
