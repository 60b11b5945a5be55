import type { Collection } from './collections.ts';
import type { ApiRecord } from './render.ts';

type Read = (collection: Collection) => readonly ApiRecord[];

const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isRecord = (value: unknown): value is ApiRecord => typeof value === 'object' && value !== null;
const present = (value: unknown): number => (isRecord(value) ? 1 : 0);
const total = (records: readonly ApiRecord[], count: (record: ApiRecord) => number) =>
  records.reduce((sum, record) => sum + count(record), 0);

/** `assignees` is an array or, in a team of one, a single object. */
const assignees = (team: ApiRecord) =>
  Array.isArray(team.assignees) ? team.assignees.length : present(team.assignees);

const nodes = (tree: readonly unknown[]): number =>
  tree.reduce<number>((sum, node) => sum + 1 + (isRecord(node) ? nodes(items(node.children)) : 0), 0);

/** Embedded short forms of agents in a conversation. */
function stubs(record: ApiRecord): number {
  const transfers = items(record.transfers).filter(isRecord);
  return present(record.agent_info) + total(transfers, (one) => present(one.from_agent) + present(one.to_agent));
}

/** Counts the records of each endpoint: the newest version of every parent, and only the children of that version. */
export function countRecords(read: Read): Readonly<Record<string, number>> {
  const calls = read('calls');
  const chats = read('chats');
  const logs = read('agent_activity_logs');
  const teams = read('teams');
  const both = (field: string) =>
    total(calls, (call) => items(call[field]).length) + total(chats, (chat) => items(chat[field]).length);
  return {
    agent: read('agents').length,
    agent_status_history: logs.length,
    call: calls.length,
    chat: chats.length,
    call_participant: total(calls, (call) => items(call.participants).length),
    chat_participant: total(chats, (chat) => items(chat.participants).length),
    changed_detail: both('changed_details'),
    user_info:
      total(calls, stubs) +
      total(chats, stubs) +
      total(logs, (row) => present(row.whodunnit)) +
      total(teams, assignees),
    photo: both('photos'),
    video: both('videos'),
    team: teams.length,
    team_with_assignees: total(teams, assignees),
    team_tree: nodes(read('teams/tree')),
    menu: read('menus').length,
    user_status: read('user_statuses').length,
  };
}
