import { ENDPOINTS } from '../../catalog/index.ts';
import { type LakeObjects, rowsOfLakes } from '../support/rows-of-lakes.ts';
import { checkHistory } from './laws/history-law.ts';
import type { RawLine } from './laws/lake-view.ts';
import type { Violation } from './laws/violation.ts';

/** What the raw table of a tenant's endpoint holds. */
export interface TenantLines {
  readonly tenant: string;
  readonly endpoint: string;
  readonly lines: readonly RawLine[];
}

/** What several seeds left in their lakes, committed or not. */
export class ChaosLake {
  readonly #lines = new Map<number, readonly TenantLines[]>();
  readonly #objects = new Map<string, LakeObjects>();

  add(seed: number, lines: readonly TenantLines[], objects: LakeObjects): void {
    this.#lines.set(seed, lines);
    this.#objects.set(String(seed), objects);
  }

  /** Checks what views and histories show of every endpoint. @returns violations by seed */
  async check(): Promise<Map<number, Violation[]>> {
    const names = ENDPOINTS.flatMap(({ name }) => [name, `${name}_history`]);
    const rows = await rowsOfLakes(this.#objects, names);
    return new Map(
      [...this.#lines].map(([seed, contents]) => {
        const violations: Violation[] = [];
        for (const { tenant, endpoint, lines } of contents) {
          const rowsOf = (view: string) => rows[view]?.get(`${seed}.${tenant}`) ?? [];
          checkHistory(endpoint, lines, rowsOf(`${endpoint}_history`), rowsOf(endpoint), (law, record, message) =>
            violations.push({ law, tenant, endpoint, record, message }),
          );
        }
        return [seed, violations];
      }),
    );
  }
}
