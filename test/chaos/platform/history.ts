import type { Random } from '../chaos-random.ts';
import type { Collection, Json } from './chaos-collection.ts';
import type { Platform } from './chaos-platform.ts';
import {
  newActivity,
  newAgent,
  newCall,
  newChat,
  newMenu,
  newOther,
  newStatus,
  newTeam,
  nextVersion,
  stub,
} from './records.ts';

export interface HistoryOptions {
  /** Calls, chats and activity rows that exist at the start. */
  readonly rows: number;
  /** Number of them that share one millisecond. */
  readonly tie: number;
  /** Over how many milliseconds they are spread. */
  readonly span: number;
  readonly agents: number;
}

const SMALL = { teams: 6, menus: 5, statuses: 4, others: 5 };

/** Fills a platform with what happened before the simulation starts. */
export function writeHistory(platform: Platform, random: Random, { rows, tie, span, agents }: HistoryOptions): void {
  const now = platform.now();
  fill(platform.agents, agents, (id) => newAgent(random, id));
  fill(platform.teams, SMALL.teams, (id) => ({
    ...newTeam(random, id),
    assignees: random.chance(0.6) ? [stub(id)] : [],
  }));
  fill(platform.menus, SMALL.menus, (id) => newMenu(random, id));
  fill(platform.statuses, SMALL.statuses, (id) => newStatus(random, id));
  for (const [collection, create] of [
    [platform.calls, newCall],
    [platform.chats, newChat],
  ] as const) {
    const tiedAt = now - random.int(0, span);
    const count = random.chance(0.6) ? rows : Math.floor(rows / 4);
    fill(collection, count, (id) => {
      const updatedAt = id <= tie ? tiedAt : now - random.int(0, span);
      const record = create(random, id, updatedAt - random.skewed(1, 7_200_000));
      const changed = random.chance(0.5) ? nextVersion(random, record, updatedAt) : record;
      return { ...changed, updated_at: new Date(updatedAt).toISOString() };
    });
  }
  fill(platform.activity, Math.floor(rows / 3), (id) => {
    const startedAt = now - random.int(0, span);
    const row = newActivity(random, id, random.int(1, agents), startedAt);
    return random.chance(0.7) ? closed(row, Math.min(now, startedAt + random.skewed(1_000, span))) : row;
  });
  for (const { endpoint, collection } of platform.others)
    fill(collection, SMALL.others, (id) => newOther(endpoint, id, now - random.int(0, span)));
}

/** The row as it is when the status ends. */
export function closed(row: Readonly<Json>, at: number): Json {
  const startedAt = Date.parse(String(row.started_at));
  return { ...row, ended_at: new Date(at).toISOString(), duration: Math.round((at - startedAt) / 1000) };
}

function fill(collection: Collection, count: number, create: (id: number) => Json): void {
  collection.first = count;
  for (let id = 1; id <= count; id++) collection.put(id, create(id));
}
