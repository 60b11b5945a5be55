import { MENUS, type Menu } from './menus.ts';
import type { Clock, Traits } from './oddities.ts';
import type { Agent } from './people.ts';
import { HOUR, readAsOf, roundToSeconds } from './time.ts';

/** A record as the API shows it. */
export type ApiRecord = Readonly<Record<string, unknown>>;

const OFFSETS: Readonly<Record<Clock, number>> = { Z: 0, '+00:00': 0, '-05:00': -5 * HOUR, '+05:30': 5.5 * HOUR };

/** A timestamp in the notation of the record; null stays null. */
export function renderTimestamp(at: number | null, clock: Clock): string | null {
  if (at === null || at === Number.POSITIVE_INFINITY) return null;
  const text = new Date(at + OFFSETS[clock]).toISOString();
  return clock === 'Z' ? text : text.slice(0, -1) + clock;
}

/** Seconds between two times, null while one of them is missing. */
export function renderSeconds(from: number | null, to: number | null): number | null {
  return from === null || to === null || !Number.isFinite(to) ? null : roundToSeconds(to - from);
}

/** The administrator's number in one of the types it drifts between. */
export function renderAgentNumber(agent: Agent, kind: Traits['agentNumber']): number | string | null {
  if (agent.number === null || kind === 'null') return null;
  return kind === 'integer' ? agent.number : String(agent.number);
}

export function renderFullName(agent: Agent, at: number): { name: string; first_name: string; last_name: string } {
  const { first, last } = readAsOf(agent.name, at);
  return { name: `${first} ${last}`, first_name: first, last_name: last };
}

export function renderAvatarUrl(agent: Agent): string {
  return `https://avatars.example.com/${agent.id}.jpg`;
}

/** The short form of an agent inside other records, with the name of that time. */
export function renderUserInfo(agent: Agent, at: number, kind: Traits['agentNumber'] = 'string'): ApiRecord {
  const { name, first_name, last_name } = renderFullName(agent, at);
  return {
    id: agent.id,
    agent_number: renderAgentNumber(agent, kind),
    name,
    last_name,
    first_name,
    avatar_url: renderAvatarUrl(agent),
  };
}

export function renderMenuPath(menu: Menu): ApiRecord {
  const names = menu.path.map((id) => MENUS.find((node) => node.id === id)?.name ?? '');
  return { items_count: menu.path.length, name: names.join(' / '), materialized_path: menu.path.join('/') };
}

export function renderMenuStub(menu: Menu, hiddenAsWord = false): ApiRecord {
  return {
    id: menu.id,
    name: menu.name,
    parent_id: menu.parentId,
    position: menu.position,
    deleted: menu.deleted,
    menu_type: 'ivr_menu',
    output_msg: `You selected ${menu.name}.`,
    hidden: hiddenAsWord ? String(menu.hidden) : menu.hidden,
  };
}

/** A rating in the type of the record. */
export function renderRating(value: number | null, kind: Traits['rating']): number | string | null {
  if (value === null) return null;
  if (kind === 'string') return String(value);
  // JSON knows no 4.0: the raw export's float shows as a half.
  return kind === 'float' ? value - 0.5 : value;
}

/** A list, or one of the ways in which it can be absent. */
export function list(key: string, items: readonly ApiRecord[], whenNone: Traits['transfersWhenNone']): ApiRecord {
  if (items.length > 0 || whenNone === 'empty') return { [key]: items };
  return whenNone === 'null' ? { [key]: null } : {};
}

/** A value before or after a late change. */
export interface Change {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly at: number;
}

/** `changed_details[]`: no public payload shows it. It is assumed to be nested in calls and chats. */
export function renderChangedDetails(changes: readonly Change[], clock: Clock): ApiRecord {
  if (changes.length === 0) return {};
  return {
    changed_details: changes.map((change) => ({
      field: change.field,
      old_value: change.from,
      new_value: change.to,
      changed_at: renderTimestamp(change.at, clock),
    })),
  };
}
