import type { ActivityRow } from './activity.ts';
import type { CallStory } from './call-story.ts';
import type { Centre } from './centre.ts';
import { type Listing, Snapshot } from './column.ts';
import type { Agent } from './people.ts';
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
import { type Item, Shelf } from './shelf.ts';
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

function activityItem(row: ActivityRow): Item {
  const open = row.endedAt === row.startedAt || row.endedAt === Number.POSITIVE_INFINITY;
  return {
    id: row.id,
    times: open ? [row.startedAt] : [row.startedAt, row.endedAt],
    render: (at) => renderActivity(row, at),
  };
}

/** Everything the API can be asked for, as of a virtual time. */
export class Collections {
  readonly #shelves: ReadonlyMap<Collection, Shelf>;
  readonly #snapshots: ReadonlyMap<Collection, (at: number) => readonly ApiRecord[]>;
  readonly #latest = new Map<Collection, { readonly at: number; readonly listing: Snapshot }>();

  constructor(centre: Centre) {
    const { calls, chats, log, agents, teams } = centre;
    const statusRows = new Map<Agent, ActivityRow[]>(agents.map((agent) => [agent, []]));
    for (const row of log.rows) if (row.status) statusRows.get(row.agent)?.push(row);
    const roster = { agents, teams, statusRows };
    const conversation = { born: 'created_at', changed: 'updated_at' };
    this.#shelves = new Map([
      ['calls', new Shelf(calls.map(callItem), conversation)],
      [
        'chats',
        new Shelf(
          chats.map((story) => ({
            id: story.id,
            times: changesOf(story.events),
            render: (at) => renderChat(story, at),
          })),
          conversation,
        ),
      ],
      ['agent_activity_logs', new Shelf(log.rows.map(activityItem), { born: 'started_at' })],
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

  /** A collection at a time. The listing is good until the next call for the same collection. */
  listing(collection: Collection, at: number): Listing {
    const shelf = this.#shelves.get(collection);
    if (shelf) return shelf.at(at);
    const latest = this.#latest.get(collection);
    if (latest?.at === at) return latest.listing;
    const listing = new Snapshot(this.#snapshots.get(collection)?.(at) ?? []);
    this.#latest.set(collection, { at, listing });
    return listing;
  }

  records(collection: Collection, at: number): readonly ApiRecord[] {
    const listing = this.listing(collection, at);
    return Array.from({ length: listing.size }, (_, position) => listing.record(position));
  }
}
