import { dirname } from 'node:path/posix';
import pMap from 'p-map';
import type { AwsClients } from '../../aws/aws-clients.ts';
import type { AuditedLake, DatedRecord, NestedDay, SampledSession, SnapshotRecord } from '../audited-lake.ts';

/** Maximum number of records in an answer. They take 1.2 GB, and the function has 2 GB. */
const MAX_ROWS = 4_000_000;

/** The answer has more records than the function has memory for. */
export class AnswerTooLongError extends Error {
  override readonly name = 'AnswerTooLongError';

  constructor(rows: number) {
    super(`the lake's answer has more than ${rows} records: audit fewer days at once`);
  }
}

/** Folders that are listed at the same time. */
const LISTED = 8;

/** Reads the sizes of objects by listing their folders: a page has a thousand sizes. */
export async function readSizes(
  s3: AwsClients['s3'],
  bucket: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const objects = await s3();
  const folders = [...new Set(keys.map((key) => `${dirname(key)}/`))];
  const lists = await pMap(folders, (folder) => Array.fromAsync(objects.list(bucket, folder)), { concurrency: LISTED });
  return new Map(lists.flat().map(({ key, bytes }) => [key, bytes]));
}

/** Answers of the lake that were asked for in one query. */
export class AnsweredLake implements AuditedLake {
  readonly sizes: AuditedLake['sizes'];
  readonly #records: DatedRecord[] = [];
  readonly #snapshot: SnapshotRecord[] = [];
  readonly #quarantined = new Set<string>();
  readonly #marked = new Set<string>();
  readonly #sample: SampledSession[] = [];
  readonly #nested = new Map<string, NestedDay[]>();

  private constructor(sizes: AuditedLake['sizes']) {
    this.sizes = sizes;
  }

  /**
   * @param rows of the query; none if there was nothing to ask
   * @throws AnswerTooLongError
   */
  static async read(
    rows: AsyncIterable<ReadonlyMap<string, string>>,
    sizes: AuditedLake['sizes'],
    most = MAX_ROWS,
  ): Promise<AnsweredLake> {
    const lake = new AnsweredLake(sizes);
    let count = 0;
    for await (const row of rows) {
      lake.#add(row);
      if (++count > most) throw new AnswerTooLongError(most);
    }
    return lake;
  }

  async readTail(): Promise<readonly DatedRecord[]> {
    return this.#records;
  }

  async readSnapshot(): Promise<readonly SnapshotRecord[]> {
    return this.#snapshot;
  }

  async readSetAside() {
    return { quarantined: this.#quarantined, marked: this.#marked };
  }

  async readNested(_: unknown, { endpoint }: { readonly endpoint: string }): Promise<readonly NestedDay[]> {
    return this.#nested.get(endpoint) ?? [];
  }

  async sampleSessions(): Promise<readonly SampledSession[]> {
    return this.#sample;
  }

  #add(row: ReadonlyMap<string, string>): void {
    const text = (name: string) => row.get(name) ?? '';
    const number = (name: string) => Number(row.get(name) ?? 0);
    const id = text('id');
    const dt = text('dt');
    switch (row.get('kind')) {
      case 'record': {
        const computed = row.get('has_segments');
        const hasSegments = computed === undefined ? undefined : computed === 'true';
        this.#records.push({ id, dt, at: number('cursor_time'), batch: number('batch'), hasSegments });
        return;
      }
      case 'snapshot':
        this.#snapshot.push({ id, line: text('line'), extractedAt: number('cursor_time') });
        return;
      case 'quarantined':
        this.#quarantined.add(id);
        return;
      case 'marked':
        this.#marked.add(id);
        return;
      case 'sample':
        this.#sample.push({ id, dt, line: text('line'), computed: text('computed') });
        return;
      case 'nested': {
        const day = { dt, parents: number('parents'), expected: number('expected'), found: number('found') };
        const days = this.#nested.get(id) ?? [];
        days.push({ ...day, different: parseDifferent(text('different')) });
        this.#nested.set(id, days);
        return;
      }
      default:
        throw new Error(`an answer of the lake has a row of the kind ${row.get('kind')}`);
    }
  }
}

/** Parents as `<id>:<milliseconds>`, separated by commas. */
const parseDifferent = (text: string) =>
  text
    .split(',')
    .filter((each) => each !== '')
    .map((each) => {
      const end = each.lastIndexOf(':');
      return { id: each.slice(0, end), at: Number(each.slice(end + 1)) };
    });
