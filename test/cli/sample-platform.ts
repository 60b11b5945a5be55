import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { ENDPOINTS } from '../../catalog/index.ts';
import { countRows } from '../support/count-rows.ts';
import { close, listen, type Row } from '../support/fake-platform.ts';
import { generateRecord } from '../support/generated-records.ts';
import { CREDENTIAL } from './run-ccaip.ts';

/** Payloads of the public API documentation; agents have unique ids, so that rows can be told apart. */
const person = (id: number, name: string): Row => ({
  id,
  name,
  last_name: name.split(' ')[1],
  first_name: name.split(' ')[0],
  agent_number: null,
  avatar_url: 'https://somedomain.com/avatar.jpg',
});

const admin = person(1, 'Admin UJET');
const john = { ...person(2, 'John Doe'), agent_number: 9, email: 'john.doe@foo.com' };
const menuPath = { items_count: 1, name: 'Lock Star', materialized_path: '9' };
const lockStar = {
  id: 9,
  name: 'Lock Star',
  parent_id: null,
  position: 0,
  deleted: false,
  menu_type: 'ivr_menu',
  output_msg: 'You selected Lock Star.',
  hidden: false,
};

const waiting = {
  status: 'waiting',
  call_duration: null,
  hold_duration: null,
  connected_at: null,
  ended_at: null,
  fail_reason: 'nothing',
};

const outboundCall: Row = {
  id: 397,
  lang: 'en',
  call_type: 'Voice Outbound (API)',
  status: 'assigned',
  created_at: '2019-06-07T01:27:30.406Z',
  updated_at: '2019-06-07T01:27:30.441Z',
  queued_at: null,
  assigned_at: '2019-06-07T01:27:30.441Z',
  connected_at: null,
  ends_at: null,
  scheduled_at: null,
  wait_duration: 0,
  call_duration: 0,
  hold_duration: 0,
  rating: null,
  has_feedback: false,
  voip_provider: 'voip_provider_twilio',
  voicemail_reason: 'not_voicemail',
  deflection: 'no_deflection',
  fail_reason: 'nothing',
  selected_menu: null,
  menu_path: null,
  agent_info: admin,
  end_user: null,
  photos: [{ id: 31, photo_type: 'photo', url: 'https://somedomain.com/31.jpg' }],
  videos: [{ id: 41, url: 'https://somedomain.com/41.mp4' }],
  transfers: [
    {
      id: 51,
      status: 'transferring',
      fail_reason: 'nothing',
      created_at: '2019-06-07T01:27:30.440Z',
      from_menu: menuPath,
      to_menu: menuPath,
      from_agent: admin,
      to_agent: john,
    },
  ],
  changed_details: [{ field: 'status', old_value: 'queued', new_value: 'assigned' }],
  participants: [
    { id: 610, type: 'agent', call_id: 397, user_id: 1, end_user_id: null, ...waiting },
    { id: 611, type: 'end_user', call_id: 397, user_id: null, end_user_id: null, ...waiting },
  ],
  outbound_number: '+1 339-219-5276',
};

const queuedCall: Row = {
  id: 519,
  lang: 'en',
  call_type: 'Voice Inbound (API)',
  status: 'queued',
  created_at: '2019-09-10T05:12:26.000Z',
  updated_at: '2019-09-10T05:12:26.295Z',
  queued_at: '2019-09-10T05:12:26.295Z',
  out_ticket_id: '76517',
  selected_menu: lockStar,
  menu_path: menuPath,
  agent_info: null,
  end_user: { id: 75, identifier: null, out_contact_id: '389391400633' },
  photos: [],
  videos: [],
  transfers: [],
  participants: [{ id: 826, type: 'end_user', call_id: 519, user_id: null, end_user_id: 75, ...waiting }],
  offer_events: [{ casting_time: '2019-09-10T05:12:26.000Z', group: 'Group 1' }],
};

const chat: Row = {
  id: 31354,
  lang: 'en',
  chat_type: 'Messaging Inbound (App Chat)',
  status: 'finished',
  created_at: '2019-07-17T07:27:14.000Z',
  assigned_at: '2019-07-17T07:27:20.000Z',
  ends_at: '2019-07-17T07:29:02.000Z',
  updated_at: '2019-07-17T07:29:02.000Z',
  fail_reason: null,
  message_count: 3,
  menu_path: { items_count: 1, name: 'Ringo', materialized_path: '3389' },
  agent_info: null,
  participants: [
    { id: 205, type: 'end_user', status: 'connected', chat_id: 31354, user_id: null, end_user_id: 87 },
    { id: 206, type: 'agent', status: 'connected', chat_id: 31354, user_id: 1, end_user_id: null },
  ],
};

const activity: Row = {
  id: 71,
  agent_id: 1,
  whodunnit: admin,
  status: { id: 0, name: 'Available', color: 'green' },
  started_at: '2018-06-06T21:12:24.766Z',
  ended_at: '2018-06-06T21:13:24.766Z',
  duration: 60,
  activity: 'login',
  call_id: null,
  chat_id: null,
};

const agent: Row = {
  id: 1,
  email: 'admin@foo.com',
  created_at: '2018-05-30T20:46:31.333Z',
  first_name: 'Admin',
  last_name: 'UJET',
  status: { id: 0, wfm_id: 11, name: 'Available', color: 'green' },
  status_updated_at: '2018-05-30T20:46:31.333Z',
  online: true,
  roles: ['agent'],
  teams: [{ id: 10, name: 'US', parent_id: null, position: 0, deleted: false, agents_count: 2 }],
  channels: [{ channel_type: 'chat', menu: lockStar }],
};

const us: Row = { id: 10, name: 'US', parent_id: null, position: 0, deleted: false, agents_count: 2 };
const east: Row = { id: 11, name: 'East', parent_id: 10, position: 0, deleted: false, agents_count: 1 };
const west: Row = { id: 12, name: 'West', parent_id: 10, position: 1, deleted: true, agents_count: 0 };

const TREE: Row[] = [
  {
    ...us,
    children: [
      { ...east, children: [] },
      { ...west, children: [] },
    ],
  },
];

/** Rows by path: the documentation's own examples, and a record made of its columns of every other endpoint. */
export const samples = () => new Map<string, readonly Row[]>([...generated(), ...documented()]);

function generated(): [string, readonly Row[]][] {
  return ENDPOINTS.flatMap((endpoint): [string, readonly Row[]][] =>
    endpoint.source.kind === 'nested'
      ? []
      : [[endpoint.source.path, [generateRecord(endpoint, 1, Date.parse('2019-09-10T05:12:26.000Z'))]]],
  );
}

const documented = () =>
  new Map<string, readonly Row[]>([
    ['/agents', [agent]],
    ['/agent_activity_logs', [activity]],
    ['/calls', [outboundCall, queuedCall]],
    ['/chats', [chat]],
    ['/teams', [{ ...us, assignees: [admin, john] }, { ...east, assignees: john }, west]],
    ['/teams/tree', TREE],
    ['/menus', [lockStar]],
    [
      '/user_statuses',
      [
        { id: 0, name: 'Available', color: 'green', wfm_id: 11 },
        { id: -7, name: 'In-call', color: 'light_blue', wfm_id: 34 },
      ],
    ],
  ]);

const SAMPLED = samples();

/** Rows of each view after the samples are ingested; those of the documentation's examples are counted by hand. */
export const SAMPLE_ROWS: Readonly<Record<string, number>> = {
  ...countRows((path) => SAMPLED.get(path) ?? []),
  agent: 1,
  agent_status_history: 1,
  call: 2,
  chat: 1,
  call_participant: 3,
  chat_participant: 2,
  changed_detail: 1,
  // agent_info, from_agent, to_agent, whodunnit, three assignees
  user_info: 7,
  photo: 1,
  video: 1,
  team: 3,
  team_with_assignees: 3,
  team_tree: 3,
  menu: 1,
  user_status: 2,
};

const EXPECTED = `Basic ${btoa(`${CREDENTIAL.CCAIP_USERNAME}:${CREDENTIAL.CCAIP_PASSWORD}`)}`;

/** The simplest platform: bare arrays, no `Link`, no `Total`, the same answer to every request. */
export async function servePlainly(collections: ReadonlyMap<string, readonly unknown[]>) {
  const requests: string[] = [];
  const asked = new EventEmitter();
  let gate = Promise.resolve();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(pathname);
    asked.emit('request');
    await gate;
    const rows = collections.get(pathname.replace('/manager/api/v1', ''));
    const code = request.headers.authorization !== EXPECTED ? 401 : rows === undefined ? 404 : 200;
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(code === 200 ? rows : { message: 'no' }));
  });
  /** From here on nothing is answered before the release. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return { asked: once(asked, 'request'), release: resolve };
  };
  return { baseUrl: `${await listen(server)}/manager/api/v1`, requests, hold, close: () => close(server) };
}
