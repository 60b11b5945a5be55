import { describe, expect, it } from 'vitest';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';

const queries = await loadNamedQueries();

/** Fields of records from which `lambdas/segments` and the views of facts derive what happened. */
const RAW_FIELDS = [
  'activity',
  'answer_type',
  'call_type',
  'chat_type',
  'deflection',
  'disconnected_by',
  'fail_reason',
  'finish_reason',
  'session_type',
  'session_type_v2',
  'status',
  'status_id',
  'status_name',
  'sub_status',
  'transfer_fail_reason',
  'transfer_status',
  'voicemail_reason',
];

const FIELD = `(?:\\w+\\.)?(?:${RAW_FIELDS.join('|')})`;
const COMPARED = new RegExp(
  `\\b${FIELD}\\b\\s*(?:=|<>|<|>|!=|(?:NOT\\s+)?(?:IN|LIKE|BETWEEN)\\b|IS\\s+(?:NOT\\s+)?NULL)`,
  'g',
);
const CLASSIFIED = new RegExp(`\\bCASE\\s+${FIELD}\\b`, 'g');
const SEARCHED = new RegExp(`\\b(?:regexp_\\w+|strpos|coalesce|if)\\s*\\(\\s*${FIELD}\\b`, 'g');

/** What a text derives from raw fields. Comments do not count. */
function findDerivations(sql: string): string[] {
  const text = sql.replaceAll(/--.*$/gm, '');
  return [COMPARED, CLASSIFIED, SEARCHED].flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found));
}

/** Views of records that an answer may read, because it is about the records, or shows a field that no fact has. */
const RECORDS: Readonly<Record<string, readonly string[]>> = {
  'call-history': ['call_history'],
  'calls-without-ticket': ['call'],
  'chat-response-times': ['chat'],
  'key-figures': ['chat'],
  'photos-and-videos': ['photo', 'video'],
};
/** Types of sessions that the portal's pages count as campaigns or not: a parameter decides. */
const CHOSEN_TYPES = /^portal-campaign-/;

const RECORD_VIEWS = [
  ...['call', 'chat', 'call_history', 'chat_history', 'call_participant', 'chat_participant'],
  ...['agent_status_history', 'agent_status_history_history', 'photo', 'video'],
];

describe.each(queries)('the named query $name', ({ name, sql }) => {
  it('derives nothing from reasons, statuses, types and deflections', () => {
    const found = findDerivations(sql).filter((text) => !(CHOSEN_TYPES.test(name) && text === 's.session_type ='));
    // the versions of a record are compared with each other
    expect(name === 'call-history' ? [] : found).toEqual([]);
  });

  it('reads facts instead of records', () => {
    const read = [...sql.replaceAll(/--.*$/gm, '').matchAll(/\b(?:FROM|JOIN) (\w+)/g)].map(([, view = '']) => view);
    expect(read.filter((view) => RECORD_VIEWS.includes(view) && !(RECORDS[name] ?? []).includes(view))).toEqual([]);
  });
});

describe('a derivation', () => {
  it.each([
    "CASE WHEN c.fail_reason = 'eu_abandoned' THEN 1 END",
    "CASE status WHEN 'failed' THEN 1 END",
    "count(*) FILTER (WHERE c.deflection <> 'no_deflection')",
    'WHERE status_id IN (-7, -8)',
    "WHERE status LIKE 'voicemail%'",
    "regexp_like(session_type, 'Outbound')",
    "WHERE activity = 'user_status_changed'",
    'WHERE voicemail_reason IS NOT NULL',
  ])('is found in %j', (sql) => expect(findDerivations(sql)).not.toEqual([]));

  it.each([
    "count(*) FILTER (WHERE exit = 'abandoned')",
    'SELECT fail_reason, deflection, count(*) GROUP BY fail_reason, deflection',
    "WHERE outcome = 'answered' -- status = x",
    "CASE WHEN billing_time_status = 'ok' THEN 1 END",
    'ORDER BY fail_reason, status',
  ])('is not found in %j', (sql) => expect(findDerivations(sql)).toEqual([]));
});
