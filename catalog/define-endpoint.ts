import type * as z from 'zod/mini';
import { type Columns, withPaths } from './columns.ts';
import type { Channel } from './facts.ts';
import type { Source } from './sources.ts';

/** Everything that differs between endpoints. Pipeline, tables, views, schedule, function, alarms and docs are derived from it. */
export interface EndpointDefinition {
  /** Name in snake_case, used for the table, the view, the raw prefix, the function and the schedule. */
  readonly name: string;
  /** The name in the source documentation, e.g. `Agent Status History`. */
  readonly title: string;
  /** One sentence for the docs. */
  readonly doc: string;
  readonly source: Source;
  /** Fields that identify a record within its tenant (for nested records: within their parent). */
  readonly key: readonly string[];
  /** The fields that the pipeline needs. Other keys are not checked, and records are stored unchanged. */
  readonly schema: z.ZodMiniType;
  readonly columns: Columns;
  /** Minutes between two scheduled runs. */
  readonly everyMinutes: number;
  /**
   * Computes call segment metrics from each record.
   * @default false
   */
  readonly segmentMetrics?: boolean;
  /**
   * Kind of session that a record describes. Its facts are computed and kept beside it.
   * @default - records are not sessions
   */
  readonly channel?: Channel;
  /**
   * Places of words from a vocabulary, e.g. `participants[].type`. A new word is journalled as drift.
   * @default - none
   */
  readonly enums?: readonly string[];
  /**
   * Also keeps the newest versions of its records and of their segment metrics in a columnar table.
   * @default false
   */
  readonly curated?: boolean;
}

export interface Endpoint extends EndpointDefinition {
  readonly segmentMetrics: boolean;
  readonly enums: readonly string[];
  readonly curated: boolean;
  /** Names of the columns that can identify a person. */
  readonly personalColumns: readonly string[];
}

/**
 * Checks and completes one catalog entry.
 * @throws Error if the entry contradicts itself (a defect of the entry, found by the first import).
 */
export function defineEndpoint(definition: EndpointDefinition): Endpoint {
  if (!/^[a-z][a-z_]*$/.test(definition.name)) throw new Error(`endpoint name "${definition.name}" is not snake_case`);
  let columns: Columns | undefined;
  return {
    ...definition,
    // only tables and views need columns, so functions, which start often, do not build them
    get columns() {
      columns ??= withPaths(definition.columns);
      return columns;
    },
    segmentMetrics: definition.segmentMetrics ?? false,
    enums: definition.enums ?? [],
    curated: definition.curated ?? false,
    get personalColumns() {
      return Object.keys(definition.columns).filter((name) => definition.columns[name]?.personal);
    },
  };
}
