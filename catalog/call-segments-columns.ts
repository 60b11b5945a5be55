import { bigint, type Columns, double, json, timestamp, varchar, withPaths } from './columns.ts';
import { METRICS } from './segment-metrics.ts';

/** Columns of the view `call_segments`, read from the computed records under `segments/`. */
export const CALL_SEGMENTS_COLUMNS: Columns = withPaths({
  call_id: bigint('The call.'),
  call_type: varchar('`session_type_v2` if present, else `call_type`.'),
  family: varchar('Family of call types, which determines the segments that a call can have.'),
  status: varchar('Status of the call.'),
  agent_id: bigint('Last agent who handled the call; `last_agent_id` in `session_outcome`.'),
  queue_id: bigint('Queue (menu) of the call.'),
  queue_name: varchar('Name of that queue.'),
  created_at: timestamp('Start of the call (UTC).'),
  updated_at: timestamp('Last change of the record the metrics were computed from (UTC).'),
  settled_after: timestamp('Time from which the metrics can be considered final (UTC); null while the call is open.'),
  ...Object.fromEntries(
    METRICS.flatMap((metric) => [
      [metric, double('Seconds; null if there is no value, and the status says why.')],
      [
        `${metric}_status`,
        varchar('`ok`, `approximate`, `not_applicable`, `pending`, `missing_input` or `inconsistent`.'),
      ],
    ]),
  ),
  anomalies: json('Anomalies of the inputs, an array of strings.'),
  segments: json('Segments in order, an array of objects with `kind`, `start`, `end`, `seconds`.'),
  metrics_version: bigint('Version of the rules.'),
});
