import type { Endpoint } from '../../catalog/index.ts';
import { writeJson } from '../../lambdas/common/json.ts';
import { findAt } from '../../lambdas/sources/nested/nested-paths.ts';
import { flattenTree } from '../../lambdas/sources/snapshot/flatten-tree.ts';
import type { Row } from '../support/fake-platform.ts';
import { generateRecord } from '../support/generated-records.ts';

/** Payloads of the public API documentation, unchanged. */
const person = {
  id: 0,
  name: 'string',
  last_name: 'string',
  first_name: 'string',
  agent_number: 'string',
  avatar_url: 'string',
};
const menuPath = { items_count: 0, name: 'string', materialized_path: 'string' };

const outboundCall = {
  id: 397,
  lang: 'en',
  call_type: 'Voice Outbound (API)',
  status: 'assigned',
  created_at: '2019-06-07T01:27:30.406Z',
  queued_at: null,
  assigned_at: '2019-06-07T01:27:30.441Z',
  ends_at: null,
  wait_duration: 0,
  rating: null,
  selected_menu: null,
  menu_path: null,
  agent_info: { ...person, id: 1, agent_number: null, name: 'Admin UJET' },
  end_user: null,
  photos: [],
  videos: [],
  transfers: [],
  deflection_details: [],
  participants: [
    { id: 610, type: 'agent', status: 'waiting', call_id: 397, user_id: 1, end_user_id: null, connected_at: null },
    { id: 611, type: 'end_user', status: 'waiting', call_id: 397, user_id: null, end_user_id: null, ended_at: null },
  ],
  offer_events: [],
  outbound_number: '+1 339-219-5276',
};

const queuedCall = {
  id: 519,
  call_type: 'Voice Inbound (API)',
  status: 'queued',
  created_at: '2019-09-10T05:12:26.000Z',
  queued_at: '2019-09-10T05:12:26.295Z',
  updated_at: '2019-09-10T05:12:26.295Z',
  out_ticket_id: '76517',
  selected_menu: { id: 9, name: 'Lock Star', parent_id: null, menu_type: 'ivr_menu', hidden: false },
  menu_path: { items_count: 1, name: 'Lock Star', materialized_path: '9' },
  agent_info: null,
  end_user: { id: 75, identifier: null, out_contact_id: '389391400633' },
  participants: [{ id: 826, type: 'end_user', call_id: 519, end_user_id: 75, fail_reason: 'nothing' }],
  offer_events: [{ casting_time: '2019-09-10T05:12:26.000Z', group: 'Group 1' }],
};

const modelCall = {
  ...outboundCall,
  id: 0,
  parent_id: 0,
  sub_status: 'Scheduled: Disconnected by unknown',
  updated_at: '2018-06-07T19:49:52.896Z',
  transfers: [
    { id: 0, status: 'transferring', from_menu: menuPath, to_menu: menuPath, from_agent: person, to_agent: person },
  ],
  photos: [{ id: 0, photo_type: 'photo', url: 'string' }],
  videos: [{ id: 0, url: 'string' }],
};

const chat = {
  id: 31354,
  chat_type: 'Messaging Inbound (App Chat)',
  status: 'finished',
  created_at: '2019-07-17T07:27:14.000Z',
  ends_at: '2019-07-17T07:29:02.000Z',
  updated_at: '2019-07-17T07:29:02.000Z',
  fail_reason: null,
  message_count: 3,
  menu_path: { items_count: 1, name: 'Ringo', materialized_path: '3389' },
  participants: [
    { id: 205, type: 'end_user', status: 'connected', chat_id: 114, user_id: null, end_user_id: 87 },
    { id: 206, type: 'agent', status: 'connected', chat_id: 114, user_id: 1, end_user_id: null },
  ],
  agent_info: { id: 1, agent_number: 9, email: 'john.doe@foo.com', name: 'John Doe' },
  photos: [{ id: 4, photo_type: 'photo', url: 'string' }],
  videos: [{ id: 5, url: 'string' }],
};

const activity = {
  id: 0,
  agent_id: 0,
  whodunnit: person,
  status: { id: 0, name: 'string', color: 'string' },
  started_at: '2018-06-06T21:12:24.766Z',
  ended_at: '2018-06-06T21:12:24.766Z',
  duration: 0,
  activity: 'login',
};

const agent = {
  id: 0,
  email: 'string',
  created_at: '2018-05-30T20:46:31.333Z',
  first_name: 'string',
  agent_number: 'string',
  status: { id: 0, wfm_id: 0, name: 'string', color: 'string' },
  status_updated_at: '2018-05-30T20:46:31.333Z',
  online: true,
  roles: ['agent'],
  teams: [{ id: 0, name: 'string', parent_id: 0, position: 0, deleted: true, agents_count: 0 }],
  channels: [{ channel_type: 'chat', menu: { id: 0, name: 'string', hidden: 'string', menu_type: 'ivr_menu' } }],
};

const team = { id: 0, name: 'string', parent_id: 0, position: 0, deleted: true, agents_count: 0, assignees: person };

/** Documented records by endpoint; those of nested endpoints lie within them. */
export const SAMPLES: Readonly<Record<string, readonly Row[]>> = {
  agent: [agent],
  agent_status_history: [activity, { ...activity, ended_at: null, whodunnit: null, status: null }],
  call: [modelCall, queuedCall],
  chat: [chat],
  team: [team],
  team_with_assignees: [team, { ...team, assignees: [person, person] }],
  team_tree: [
    { id: 10, name: 'US', parent_id: null, children: [{ id: 11, name: 'East', parent_id: 10, children: [] }] },
  ],
  menu: [{ id: 9, name: 'Lock Star', parent_id: null, position: 0, deleted: false, menu_type: 'ivr_menu' }],
  user_status: [
    { id: 0, name: 'Available', color: 'green', wfm_id: null },
    { id: -5, name: 'In-call' },
  ],
};

const GENERATED_AT = Date.parse('2026-03-02T11:00:00.000Z');

/** Records of an endpoint as ingestion takes them: the documented ones, or made of its columns where none is known. */
export function samplesOf(endpoint: Endpoint): readonly unknown[] {
  const documented = documentedOf(endpoint);
  return documented.length > 0 ? documented : [generateRecord(endpoint, 1, GENERATED_AT)];
}

function documentedOf({ name, source }: Endpoint): readonly unknown[] {
  if (source.kind === 'nested')
    return source.parents.flatMap(({ endpoint, paths }) =>
      (SAMPLES[endpoint] ?? [])
        .flatMap((parent) => paths.flatMap((path) => findAt(writeJson(parent), path)))
        .map(({ value }) => value),
    );
  const own = SAMPLES[name] ?? [];
  return source.kind === 'snapshot' && source.children !== undefined ? flattenTree(own, source.children) : own;
}
