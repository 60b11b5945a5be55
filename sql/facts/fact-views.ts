import { FACT_TABLES, type FactTable, SESSION_COLUMNS } from '../../catalog/fact-columns.ts';
import { indent, selectColumn, selectJson, selectScalar, selectValue } from '../views/expressions.ts';
import { RAW_CALL_SEGMENTS, RAW_CHAT_SEGMENTS } from '../views/raw-tables.ts';
import { selectSegments } from '../views/version-views.ts';
import {
  defineView,
  ORIGIN_ITEMS,
  PARTITION_ITEMS,
  plainItem,
  type SelectItem,
  selectItems,
  type View,
} from '../views/view.ts';

/** Columns that identify a session. */
const KEY_ITEMS: readonly SelectItem[] = [
  plainItem('channel', 'varchar', '`call` or `chat`. Ids of calls and chats have separate sequences.'),
  plainItem('session_id', 'bigint', 'The call or chat.'),
];

const VERSION_ITEM: SelectItem = {
  ...plainItem('metrics_version', 'bigint', 'Version of the rules.'),
  expression: selectValue('bigint', 'line', '$.metrics_version'),
};

/** Hours after which an open session without a change is a zombie. */
const ZOMBIE_HOURS = 24;

const OUTCOME = selectScalar('line', '$.session.outcome');
const LAST_SIGN = `greatest(
      ${selectValue('timestamp', 'line', '$.updated_at')},
      coalesce(${selectValue('timestamp', 'line', '$.details.scheduled_at')}, ${selectValue('timestamp', 'line', '$.updated_at')})
    )`;

/** An open session becomes a zombie by the clock, which its record does not know. */
const OUTCOME_NOW = `CASE
    WHEN ${OUTCOME} = 'open'
      AND ${LAST_SIGN} < date_add('hour', -${ZOMBIE_HOURS}, CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3)))
      THEN 'zombie'
    ELSE ${OUTCOME}
  END`;

/** Creates the views of the facts of calls and chats. */
export const createFactViews = (): View[] => FACT_TABLES.map(createFactView);

function createFactView({ name, doc, array, columns }: FactTable): View {
  const json = array === undefined ? 'line' : 'element';
  const items = [
    ...PARTITION_ITEMS,
    ...KEY_ITEMS,
    ...selectItems(SESSION_COLUMNS, (column) => selectColumn(column, 'line')),
    ...selectItems(columns, (column) => selectColumn(column, json)).map((item) =>
      item.name === 'outcome' ? { ...item, expression: OUTCOME_NOW } : item,
    ),
    VERSION_ITEM,
    ...ORIGIN_ITEMS,
  ];
  return defineView(name, doc, items, array === undefined ? SESSIONS : unnest(array));
}

const selectSessions = (channel: string, table: string, key: string): string => `  SELECT
    tenant,
    dt,
    '${channel}' AS channel,
    ${selectValue('bigint', 'line', `$.${key}`)} AS session_id,
    line
  FROM ${indent(selectSegments(table, key))}`;

const SESSIONS = `(
${selectSessions('call', RAW_CALL_SEGMENTS, 'call_id')}
  UNION ALL
${selectSessions('chat', RAW_CHAT_SEGMENTS, 'chat_id')}
) AS sessions`;

/** One row for each element of an array. */
const unnest = (array: string): string => `(
  SELECT
    tenant,
    dt,
    channel,
    session_id,
    line,
    json_format(json_array_get(elements, place)) AS element
  FROM (
    SELECT *, ${selectJson('line', `$.${array}`)} AS elements
    FROM ${indent(SESSIONS, 4)}
  ) AS listed
  CROSS JOIN UNNEST(
    CASE WHEN json_array_length(elements) > 0 THEN sequence(0, json_array_length(elements) - 1) END
  ) AS places (place)
) AS facts`;
