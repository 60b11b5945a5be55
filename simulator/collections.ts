import type { ActivityRow } from './activity.ts';
import type { CallStory } from './call-story.ts';
import type { Centre } from './centre.ts';
import type { ChatStory } from './chat-story.ts';
import { type Listing, Snapshot } from './column.ts';
import { alterItems } from './item-quirks.ts';
import type { Agent } from './people.ts';
import type { QuirkName, Quirks } from './quirks.ts';
import { alterRecord, writeRecord } from './record-quirks.ts';
import type { ApiRecord } from './render.ts';
import { renderCall } from './render-call.ts';
import { renderChat } from './render-chat.ts';
import {
  renderActivity,
  renderAgents,
  renderMenus,
  renderMenuTree,
  renderTeams,
  renderTeamTree,
} from './render-people.ts';
import { type Item, Shelf, type ShelfFields } from './shelf.ts';
import { USER_STATUSES } from './statuses.ts';
import { createVisibility } from './visibility.ts';

/** The collections of the API by their path. */
const COLLECTIONS = [
  'agents',
  'agent_activity_logs',
  'calls',
  'chats',
  'teams',
  'teams/tree',
  'menus',
  'menus/tree',
  'user_statuses',
] as const;

export type Collection = (typeof COLLECTIONS)[number];

/** The collection of a path below the prefix of the API, e.g. `calls`; undefined if the centre has none. */
export const findCollection = (path: string): Collection | undefined =>
  COLLECTIONS.find((collection) => collection === path);

const changesOf = (events: readonly { readonly at: number }[]) => [...new Set(events.map((event) => event.at))];

function callItem(story: CallStory): Item {
  const visible = createVisibility(story);
  return { id: story.id, times: changesOf(story.events), render: (at) => renderCall(story, at, visible) };
}

const chatItem = (story: ChatStory): Item => ({
  id: story.id,
  times: changesOf(story.events),
  render: (at) => renderChat(story, at),
});

function activityItem(row: ActivityRow): Item {
  const open = row.endedAt === row.startedAt || row.endedAt === Number.POSITIVE_INFINITY;
  return {
    id: row.id,
    times: open ? [row.startedAt] : [row.startedAt, row.endedAt],
    render: (at) => renderActivity(row, at),
  };
}

/** All collections of the API at a virtual time. */
export class Collections {
  readonly #shelves: ReadonlyMap<Collection, Shelf>;
  readonly #snapshots: ReadonlyMap<Collection, (at: number) => readonly ApiRecord[]>;
  readonly #latest = new Map<Collection, { readonly at: number; readonly listing: Snapshot }>();
  readonly #ids = new Map<Collection, readonly number[]>();
  readonly #picked = new Map<string, number>();
  readonly #quirks: Quirks | undefined;

  /** @param quirks faults of the records. @default - none */
  constructor(centre: Centre, quirks?: Quirks) {
    this.#quirks = quirks;
    const { calls, chats, log, agents, teams, span } = centre;
    const statusRows = new Map<Agent, ActivityRow[]>(agents.map((agent) => [agent, []]));
    for (const row of log.rows) if (row.status) statusRows.get(row.agent)?.push(row);
    const roster = { agents, teams, statusRows };
    const conversation = { born: 'created_at', changed: 'updated_at' };
    const shelf = (collection: Collection, items: readonly Item[], fields: ShelfFields): [Collection, Shelf] => {
      this.#ids.set(
        collection,
        items.map(({ id }) => id),
      );
      return [collection, new Shelf(quirks ? alterItems(quirks, collection, items, span.endMs) : items, fields)];
    };
    this.#ids.set(
      'agents',
      agents.map(({ id }) => id),
    );
    this.#shelves = new Map([
      shelf('calls', calls.map(callItem), conversation),
      shelf('chats', chats.map(chatItem), conversation),
      shelf('agent_activity_logs', log.rows.map(activityItem), { born: 'started_at' }),
    ]);
    this.#snapshots = new Map<Collection, (at: number) => readonly ApiRecord[]>([
      ['agents', (at) => renderAgents(roster, at)],
      ['teams', (at) => renderTeams(roster, at)],
      ['teams/tree', (at) => renderTeamTree(roster, at)],
      ['menus', (at) => renderMenus(roster, at)],
      ['menus/tree', () => renderMenuTree()],
      ['user_statuses', () => USER_STATUSES.map((status) => ({ ...status }))],
    ]);
  }

  /** A collection at a time. The listing is valid until the next call for the same collection. */
  listing(collection: Collection, at: number): Listing {
    const shelf = this.#shelves.get(collection);
    if (shelf) return shelf.at(at);
    const latest = this.#latest.get(collection);
    if (latest?.at === at) return latest.listing;
    const listing = this.#snapshot(collection, this.#snapshots.get(collection)?.(at) ?? []);
    this.#latest.set(collection, { at, listing });
    return listing;
  }

  /** The record that a quirk affects, among all records of a collection; undefined without the quirk or such a record. */
  pick(name: QuirkName, collection: Collection): number | undefined {
    const ids = this.#ids.get(collection);
    if (ids === undefined || !this.#quirks?.has(name)) return undefined;
    const key = `${name} ${collection}`;
    const picked = this.#picked.get(key) ?? this.#quirks.pick(name, ids);
    if (picked !== undefined) this.#picked.set(key, picked);
    return picked;
  }

  /** Ids of the records that cannot be read because of quirks. */
  spoiled(collection: Collection): ReadonlySet<number> {
    const picked = [this.pick('poison-record', collection), this.pick('broken-json', collection)];
    const withoutZone = this.#shelves.has(collection)
      ? (this.#ids.get(collection) ?? []).filter((id) => this.#quirks?.isWithoutZone(id))
      : [];
    return new Set([...picked.filter((id) => id !== undefined), ...withoutZone]);
  }

  #snapshot(collection: Collection, records: readonly ApiRecord[]): Snapshot {
    const quirks = this.#quirks;
    if (quirks === undefined || collection.endsWith('/tree')) return new Snapshot(records);
    return new Snapshot(
      records.map((record) => alterRecord(quirks, record, false)),
      (record) => writeRecord(quirks, record),
    );
  }

  records(collection: Collection, at: number): readonly ApiRecord[] {
    const listing = this.listing(collection, at);
    return Array.from({ length: listing.size }, (_, position) => listing.record(position));
  }
}
