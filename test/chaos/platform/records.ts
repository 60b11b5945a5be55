import type { Endpoint } from '../../../catalog/index.ts';
import { generateRecord } from '../../support/generated-records.ts';
import type { Random } from '../chaos-random.ts';
import type { Json } from './chaos-collection.ts';

const iso = (time: number) => new Date(time).toISOString();

/** The short form of an agent. */
export const stub = (id: number): Json => ({ id, name: `Agent ${id}`, first_name: 'Agent', last_name: String(id) });

/** A call that has just come in. */
export function newCall(random: Random, id: number, createdAt: number): Json {
  return {
    id,
    call_type: random.pick(['Voice Inbound (IVR)', 'Voice Inbound (API)', 'Voice Outbound']),
    status: 'queued',
    created_at: iso(createdAt),
    queued_at: iso(createdAt + random.int(0, 20_000)),
    connected_at: null,
    ends_at: null,
    updated_at: iso(createdAt),
    queue_duration: 0,
    call_duration: 0,
    hold_duration: 0,
    rating: null,
    selected_menu: random.chance(0.7) ? { id: random.int(1, 5), name: 'Support' } : null,
    agent_info: null,
    participants: [participant(id * 10, 'end_user', createdAt)],
    transfers: [],
    photos: [],
    videos: [],
  };
}

/** A chat that has just come in. */
export function newChat(random: Random, id: number, createdAt: number): Json {
  return {
    id,
    chat_type: 'Messaging Inbound (Web Chat)',
    status: 'queued',
    created_at: iso(createdAt),
    ends_at: null,
    updated_at: iso(createdAt),
    message_count: random.int(0, 5),
    agent_info: null,
    participants: random.chance(0.8) ? [participant(id * 10, 'end_user', createdAt)] : [],
    transfers: [],
    photos: [],
  };
}

/** A row of the agent activity log: open. */
export function newActivity(random: Random, id: number, agent: number, startedAt: number): Json {
  return {
    id,
    agent_id: agent,
    whodunnit: random.chance(0.7) ? stub(random.int(1, 6)) : null,
    status: { id: random.int(-3, 5), name: 'Status' },
    started_at: iso(startedAt),
    ended_at: null,
    duration: null,
    activity: 'user_status_changed',
  };
}

export const newAgent = (random: Random, id: number): Json => ({
  ...stub(id),
  email: `agent${id}@example.com`,
  status: { id: random.int(-2, 4), name: 'Status' },
  online: random.chance(0.5),
  teams: [],
});

export const newTeam = (random: Random, id: number): Json => ({
  id,
  name: `Team ${id}`,
  parent_id: id > 1 && random.chance(0.6) ? random.int(1, id - 1) : null,
  deleted: false,
  agents_count: 0,
  assignees: [],
});

export const newMenu = (_random: Random, id: number): Json => ({ id, name: `Queue ${id}`, menu_type: 'ivr_menu' });

export const newStatus = (_random: Random, id: number): Json => ({ id, name: `Status ${id}`, color: 'green' });

/** A record of an endpoint that nothing here knows. */
export const newOther = (endpoint: Endpoint, id: number, at: number): Json => ({
  ...generateRecord(endpoint, id, at),
  id,
});

/** The next thing that happens to a call or chat, without its `updated_at`. */
export function nextVersion(random: Random, record: Readonly<Json>, now: number): Json {
  const kind = random.weighted({ status: 3, agent: 2, media: 2, transfer: 1, rating: 1, end: 2, detail: 1 });
  switch (kind) {
    case 'agent':
      return withAgent(random, record, now);
    case 'media':
      return withMediaChange(random, record);
    case 'transfer':
      return {
        ...record,
        transfers: [
          ...listOf(record.transfers),
          {
            id: random.int(1, 1e6),
            created_at: iso(now),
            from_agent: stub(random.int(1, 6)),
            to_agent: stub(random.int(1, 6)),
          },
        ],
      };
    case 'end':
      return {
        ...record,
        status: 'finished',
        ends_at: iso(now),
        call_duration: random.int(1, 900),
        hold_duration: random.int(0, 60),
      };
    case 'detail':
      return {
        ...record,
        changed_details: [
          ...listOf(record.changed_details),
          { field: 'rating', old_value: null, new_value: random.int(1, 5) },
        ],
      };
    case 'rating':
      return { ...record, rating: random.int(1, 5) };
    case 'status':
      return { ...record, status: random.pick(['connecting', 'connected', 'wrapping_up']), note: random.int(0, 1e6) };
  }
}

/** A change of what is nested in a record. */
export function withMediaChange(random: Random, record: Readonly<Json>): Json {
  const photos = listOf(record.photos);
  if (photos.length > 0 && random.chance(0.5)) {
    const gone = random.anyOf(photos);
    return { ...record, photos: photos.filter((photo) => photo !== gone) };
  }
  if (random.chance(0.3))
    return {
      ...record,
      videos: [...listOf(record.videos), { id: random.int(1, 1e9), url: 'https://media.example/v' }],
    };
  return {
    ...record,
    photos: [...photos, { id: random.int(1, 1e9), photo_type: 'photo', url: 'https://media.example/p' }],
  };
}

function withAgent(random: Random, record: Readonly<Json>, now: number): Json {
  const agent = random.int(1, 6);
  const participants = listOf(record.participants).map((each) =>
    random.chance(0.3) ? { ...Object(each), ended_at: iso(now), status: 'finished' } : each,
  );
  return {
    ...record,
    status: 'connected',
    connected_at: record.connected_at ?? iso(now),
    agent_info: stub(agent),
    participants: [
      ...participants,
      {
        ...participant(Number(record.id) * 10 + participants.length, 'agent', now),
        user_id: agent,
        connected_at: iso(now),
      },
    ],
  };
}

const participant = (id: number, type: string, createdAt: number): Json => ({
  id,
  type,
  status: 'waiting',
  connected_at: iso(createdAt),
  ended_at: null,
});

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
