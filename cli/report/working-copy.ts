import { type Columns, findEndpoint } from '../../catalog/index.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { createViews } from '../../sql/all-views.ts';
import { createTailView } from '../../sql/views/version-views.ts';
import type { View } from '../../sql/views/view.ts';
import { INSTANT, type Range, readElementsOnce, readLinesOnce } from './parse-once.ts';

/** The views of records that a report reads, with the columns that its queries use. */
const RECORDS: Readonly<Record<string, readonly string[]>> = {
  chat: ['id', 'created_at', 'average_response_time'],
  agent_status_history: [
    'id',
    'agent_id',
    'activity',
    'status_id',
    'status_name',
    'started_at',
    'ended_at',
    'call_id',
    'chat_id',
    'whodunnit_id',
  ],
};

const SESSION = ['tenant', 'dt', 'channel', 'session_id', 'session_created_at'];

/** The views of facts that a report reads, with the columns that its queries use. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  session_outcome: [...SESSION, 'first_queue_id', 'first_queue_name', 'agent_legs', 'transfers_done'],
  queue_visit: [
    ...SESSION,
    'is_first',
    'queue_id',
    'queue_name',
    'entered_at',
    'left_at',
    'exit',
    'seconds',
    'service_level_event',
  ],
  agent_leg: [
    ...SESSION,
    'session_type',
    'direction',
    'settled_after',
    'agent_id',
    'queue_id',
    'queue_name',
    'started_at',
    'seconds',
    'hold_seconds',
    'talk_seconds',
    'wrap_up_seconds',
    'before_call_seconds',
    'handle_seconds',
  ],
  transfer: [
    ...SESSION,
    'created_at',
    'kind',
    'from_agent_id',
    'from_virtual_agent_id',
    'from_queue_id',
    'from_queue_name',
    'to_agent_id',
    'to_queue_id',
    'to_queue_name',
    'is_escalation',
    'transfer_outcome',
  ],
};

/**
 * Replaces the largest views by tables with the rows of one tenant and period. Names and values stay the same, but each
 * text is parsed only once instead of for every column of every query.
 */
export async function copyViews(warehouse: Warehouse, range: Range): Promise<void> {
  const views = new Map(createViews().map((view) => [view.name, view]));
  const create = (name: string, sql: string) => warehouse.run(`CREATE TEMP TABLE ${name} AS\n${sql}`);
  await warehouse.run(INSTANT);
  for (const view of createRecordViews()) await create(view.name, readLinesOnce(view, range));
  await create('session_facts', readLinesOnce(findView(views, 'session_facts'), range));
  for (const [name, columns] of Object.entries(FACTS))
    await create(name, `SELECT ${columns.join(', ')} FROM (\n${readElementsOnce(findView(views, name))}\n) AS facts`);
  await create('status_interval', findView(views, 'status_interval').sql);
}

function createRecordViews(): View[] {
  return Object.entries(RECORDS).flatMap(([name, columns]) => {
    const endpoint = findEndpoint(name);
    if (endpoint?.source.kind !== 'tail') return [];
    return [createTailView({ ...endpoint, columns: picked(endpoint.columns, columns) }, endpoint.source)];
  });
}

const picked = (columns: Columns, names: readonly string[]): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => names.includes(name)));

function findView(views: ReadonlyMap<string, View>, name: string): View {
  const view = views.get(name);
  if (view === undefined) throw new Error(`the report needs the view ${name}, but there is none`);
  return view;
}
