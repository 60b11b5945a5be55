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

/** View of the computed records of all sessions, which the views of facts read. */
const SESSION_FACTS = 'session_facts';

/** Columns that identify a session. */
const KEY_ITEMS: readonly SelectItem[] = [
  plainItem('channel', 'varchar', '`call` or `chat`. Ids of calls and chats have separate sequences.'),
  plainItem('session_id', 'bigint', 'The call or chat.'),
];

const VERSION_ITEM: SelectItem = plainItem('metrics_version', 'bigint', 'Version of the rules.');

/** Hours after which an open session without a change is a zombie. */
const ZOMBIE_HOURS = 24;

/** An open session becomes a zombie by the clock, which its record does not know. */
const OUTCOME_NOW = `CASE
    WHEN ${selectScalar('facts', '$.session.outcome')} = 'open'
      AND greatest(updated_at, coalesce(${selectValue('timestamp', 'facts', '$.details.scheduled_at')}, updated_at))
        < date_add('hour', -${ZOMBIE_HOURS}, CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3)))
      THEN 'zombie'
    ELSE ${selectScalar('facts', '$.session.outcome')}
  END`;

/** Creates the views of the facts of calls and chats, after the one that they read. */
export const createFactViews = (): View[] => [createSessionFactsView(), ...FACT_TABLES.map(createFactView)];

/** Creates the view of the newest computed record of every session, with its facts as JSON. */
function createSessionFactsView(): View {
  const items = [
    ...PARTITION_ITEMS,
    ...KEY_ITEMS,
    ...selectItems(SESSION_COLUMNS, (column) => selectColumn(column, 'line')),
    item(
      'updated_at',
      'timestamp',
      'Last change of the record (UTC).',
      selectValue('timestamp', 'line', '$.updated_at'),
    ),
    item('status', 'varchar', 'Status of the session.', selectScalar('line', '$.status')),
    { ...plainItem('facts', 'json', 'The computed record.'), expression: 'line' },
    { ...VERSION_ITEM, expression: selectValue('bigint', 'line', '$.metrics_version') },
    ...ORIGIN_ITEMS,
  ];
  const from = `(
${selectSessions('call', RAW_CALL_SEGMENTS)}
  UNION ALL
${selectSessions('chat', RAW_CHAT_SEGMENTS)}
) AS sessions`;
  return defineView(
    SESSION_FACTS,
    'The computed record of every call and chat, which the views of facts read.',
    items,
    from,
  );
}

const item = (name: string, type: 'timestamp' | 'varchar', doc: string, expression: string): SelectItem => ({
  ...plainItem(name, type, doc),
  expression,
});

const selectSessions = (channel: string, table: string): string => `  SELECT
    tenant,
    dt,
    '${channel}' AS channel,
    ${selectValue('bigint', 'line', `$.${channel}_id`)} AS session_id,
    line
  FROM ${indent(selectSegments(table, `${channel}_id`))}`;

const inherited = (items: readonly SelectItem[]) => items.map((one) => ({ ...one, expression: one.name }));

function createFactView({ name, doc, array, columns }: FactTable): View {
  const items = [
    ...PARTITION_ITEMS,
    ...KEY_ITEMS,
    ...inherited(selectItems(SESSION_COLUMNS, () => '')),
    ...selectItems(columns, (column) => selectColumn(column, array === undefined ? 'facts' : 'element')).map((one) =>
      one.name === 'outcome' ? { ...one, expression: OUTCOME_NOW } : one,
    ),
    VERSION_ITEM,
    ...inherited(ORIGIN_ITEMS),
  ].map((one) => (array === undefined && INHERITED.has(one.name) ? { ...one, expression: one.name } : one));
  return defineView(name, doc, items, array === undefined ? SESSION_FACTS : unnest(array));
}

/** Columns of a session that the view of computed records has already read. */
const INHERITED = new Set(['status', 'updated_at']);

/** One row for each element of an array. */
const unnest = (array: string): string => `(
  SELECT
    *,
    json_format(json_array_get(elements, place)) AS element
  FROM (
    SELECT *, ${selectJson('facts', `$.${array}`)} AS elements
    FROM ${SESSION_FACTS}
  ) AS listed
  CROSS JOIN UNNEST(
    CASE WHEN json_array_length(elements) > 0 THEN sequence(0, json_array_length(elements) - 1) END
  ) AS places (place)
) AS ${array}`;
