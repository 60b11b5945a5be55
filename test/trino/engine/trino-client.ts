import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const BUSY = [429, 502, 503, 504];

const pageSchema = z.object({
  nextUri: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
  data: z.array(z.array(z.unknown())).optional(),
  error: z.object({ errorName: z.string(), message: z.string() }).optional(),
  stats: z.object({
    processedRows: z.number().optional(),
    processedBytes: z.number().optional(),
    physicalInputBytes: z.number().optional(),
  }),
});

/** What a statement gave. */
export interface Answer {
  /** Names and types as Trino writes them, e.g. `timestamp(3)`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that its scans read. */
  readonly rowsRead: number;
  /** Bytes that its scans read from files. */
  readonly bytesRead: number;
}

/** Sends statements to a Trino server over its REST protocol. */
export class Trino {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  /** @param database schema of names that have none */
  constructor(url: string, database = 'default') {
    this.#url = url;
    this.#headers = {
      'X-Trino-User': 'test',
      'X-Trino-Time-Zone': 'UTC',
      'X-Trino-Catalog': 'awsdatacatalog',
      'X-Trino-Schema': database,
    };
  }

  /** Runs one statement. @throws Error with the name that Trino gives to what is wrong, e.g. `SYNTAX_ERROR` */
  async query(sql: string): Promise<Answer> {
    const rows: unknown[][] = [];
    let columns: Answer['columns'] = [];
    let response = await fetch(`${this.#url}/v1/statement`, { method: 'POST', body: sql, headers: this.#headers });
    for (;;) {
      if (BUSY.includes(response.status)) {
        await sleep(100);
        response = await fetch(response.url, { headers: this.#headers });
        continue;
      }
      const text = await response.text();
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 300)}`);
      const page = pageSchema.parse(parseExactly(text));
      if (page.error) throw new Error(`${page.error.errorName}: ${page.error.message}`);
      if (page.columns) columns = page.columns;
      if (page.data) rows.push(...page.data);
      if (page.nextUri === undefined) {
        const { processedRows = 0, physicalInputBytes = 0 } = page.stats;
        return { columns, rows, rowsRead: processedRows, bytesRead: physicalInputBytes };
      }
      response = await fetch(page.nextUri, { headers: this.#headers });
    }
  }
}

/** JSON.parse that gives an integer beyond 2^53 as a string, exactly. */
function parseExactly(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source ?? '';
    return typeof value === 'number' && /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? source : value;
  });
}
