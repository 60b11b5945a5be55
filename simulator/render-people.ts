import type { ActivityRow } from './activity.ts';
import { MENUS, type Menu, QUEUES } from './menus.ts';
import type { Agent } from './people.ts';
import {
  type ApiRecord,
  renderAgentNumber,
  renderAvatarUrl,
  renderFullName,
  renderMenuStub,
  renderSeconds,
  renderTimestamp,
  renderUserInfo,
} from './render.ts';
import { STATUS } from './statuses.ts';
import type { Team } from './teams.ts';
import { readAsOf } from './time.ts';

/** A row of the activity log as the API shows it: open while the status lasts. */
export function renderActivity(row: ActivityRow, at: number): ApiRecord {
  const ended = row.endedAt <= at ? row.endedAt : null;
  const { by } = row.about;
  const { status } = row;
  // `wfm_id` is in the older model only.
  const shown = row.agent.id % 4 === 0 && status ? { id: status.id, name: status.name, color: status.color } : status;
  return {
    id: row.id,
    agent_id: row.agent.id,
    whodunnit: by ? renderUserInfo(by, ended ?? row.startedAt) : null,
    status: shown,
    started_at: renderTimestamp(row.startedAt, 'Z'),
    ended_at: renderTimestamp(ended, 'Z'),
    duration: renderSeconds(row.startedAt, ended),
    activity: row.activity,
    call_id: row.about.callId ?? null,
    chat_id: row.about.chatId ?? null,
  };
}

/** The people and the places of a centre, for the snapshot collections. */
export interface Roster {
  readonly agents: readonly Agent[];
  readonly teams: readonly Team[];
  /** The agent's status rows in order of time; notifications are not among them. */
  readonly statusRows: ReadonlyMap<Agent, readonly ActivityRow[]>;
}

const isCurrent = (agent: Agent, at: number) => agent.createdAt <= at && at < agent.deactivatedAt;

function members(roster: Roster, team: Team, at: number): readonly Agent[] {
  return roster.agents.filter((agent) => isCurrent(agent, at) && readAsOf(agent.teams, at).includes(team.id));
}

function teamStub(roster: Roster, team: Team, at: number): ApiRecord {
  return {
    id: team.id,
    name: team.name,
    parent_id: team.parentId,
    position: team.position,
    deleted: readAsOf(team.deleted, at),
    agents_count: members(roster, team, at).length,
  };
}

/** `/teams`: `assignees` is an array, in one team of one agent a single object, and can be missing if it is empty. */
export function renderTeams(roster: Roster, at: number): readonly ApiRecord[] {
  return roster.teams.map((team) => {
    const stub = teamStub(roster, team, at);
    const infos = members(roster, team, at).map((agent) =>
      renderUserInfo(agent, at, agent.id % 3 ? 'string' : 'integer'),
    );
    const [only] = infos;
    if (infos.length === 1 && only) return { ...stub, assignees: only };
    if (infos.length > 0 || team.id % 2 === 0) return { ...stub, assignees: infos };
    return team.id % 3 === 0 ? { ...stub, assignees: null } : stub;
  });
}

/** `/teams/tree`: the same teams, children inside their parents, without assignees. */
export function renderTeamTree(roster: Roster, at: number, parentId: number | null = null): readonly ApiRecord[] {
  return roster.teams
    .filter((team) => team.parentId === parentId)
    .map((team) => ({ ...teamStub(roster, team, at), children: renderTeamTree(roster, at, team.id) }));
}

function currentStatus(rows: readonly ActivityRow[], at: number): ActivityRow | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.startedAt ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1];
}

function lastLogin(rows: readonly ActivityRow[], at: number): number | null {
  const login = rows.findLast((row, index) => {
    return row.startedAt <= at && rows[index - 1]?.status === STATUS.offline && row.status !== STATUS.offline;
  });
  return login?.startedAt ?? null;
}

/** `/agents`: those who are not deactivated, with what they are doing at this time. */
export function renderAgents(roster: Roster, at: number): readonly ApiRecord[] {
  const stubs = new Map(roster.teams.map((team) => [team.id, teamStub(roster, team, at)]));
  return roster.agents
    .filter((agent) => isCurrent(agent, at))
    .map((agent) => {
      const rows = roster.statusRows.get(agent) ?? [];
      const row = currentStatus(rows, at);
      const status = row?.status ?? STATUS.offline;
      const { first_name, last_name } = renderFullName(agent, at);
      const teams = readAsOf(agent.teams, at);
      const serves = new Set(roster.teams.filter((team) => teams.includes(team.id)).flatMap((team) => team.queues));
      return {
        id: agent.id,
        email: `agent${agent.id}@example.com`,
        created_at: renderTimestamp(agent.createdAt, 'Z'),
        last_login_time: renderTimestamp(lastLogin(rows, at), 'Z'),
        first_name,
        middle_name: readAsOf(agent.name, at).middle,
        last_name,
        avatar_url: renderAvatarUrl(agent),
        agent_number: renderAgentNumber(agent, 'string'),
        status,
        status_updated_at: renderTimestamp(row?.startedAt ?? agent.createdAt, 'Z'),
        crm_authenticated: agent.id % 2 === 0,
        online: status !== STATUS.offline,
        wrap_up: status === STATUS.wrapUp,
        call_count: status === STATUS.inCall ? 1 : 0,
        chat_count: status === STATUS.inChat ? 1 : 0,
        location: agent.location,
        roles: agent.roles,
        teams: teams.map((id) => stubs.get(id)),
        channels: QUEUES.filter((menu) => serves.has(menu.id)).map((menu) => ({
          channel_type: menu.id % 2 === 0 ? 'chat' : 'call',
          menu: renderMenuStub(menu, agent.id % 10 === 0),
        })),
      };
    });
}

/** `/menus`: every node with the teams that serve it. */
export function renderMenus(roster: Roster, at: number): readonly ApiRecord[] {
  return MENUS.map((menu) => ({
    ...renderMenuStub(menu, menu.id === 107),
    team_assignments: roster.teams
      .filter((team) => team.queues.includes(menu.id) && !readAsOf(team.deleted, at))
      .map((team) => ({
        queue_level: team.queues.indexOf(menu.id) + 1,
        group_type: 'team',
        channel_type: 'call',
        lang: 'en',
        team: teamStub(roster, team, at),
      })),
    agent_assignments: [],
  }));
}

/** `/menus/tree`. */
export function renderMenuTree(parentId: number | null = null): readonly ApiRecord[] {
  const children = (menu: Menu) => ({ ...renderMenuStub(menu), children: renderMenuTree(menu.id) });
  return MENUS.filter((menu) => menu.parentId === parentId).map(children);
}
