import { agent } from './agent.ts';
import { agentStatusHistory } from './agent-status-history.ts';
import { call } from './call.ts';
import { callParticipant } from './call-participant.ts';
import { changedDetail } from './changed-detail.ts';
import { chat } from './chat.ts';
import { chatParticipant } from './chat-participant.ts';
import type { Endpoint } from './define-endpoint.ts';
import { menu } from './menu.ts';
import { photo } from './photo.ts';
import { team } from './team.ts';
import { teamTree } from './team-tree.ts';
import { teamWithAssignees } from './team-with-assignees.ts';
import { userInfo } from './user-info.ts';
import { userStatus } from './user-status.ts';
import { video } from './video.ts';

/** Every endpoint, parents before the endpoints nested in them. A new endpoint is one file and one line here. */
export const ENDPOINTS: readonly Endpoint[] = [
  agent,
  agentStatusHistory,
  call,
  chat,
  team,
  teamWithAssignees,
  teamTree,
  menu,
  userStatus,
  callParticipant,
  chatParticipant,
  changedDetail,
  userInfo,
  photo,
  video,
];

/** Finds an endpoint by name. */
export function findEndpoint(name: string): Endpoint | undefined {
  return ENDPOINTS.find((endpoint) => endpoint.name === name);
}

/** Lists every collection of the API that endpoints read, e.g. `/calls`. */
export function listPaths(endpoints = ENDPOINTS): string[] {
  return [...new Set(endpoints.flatMap(({ source }) => (source.kind === 'nested' ? [] : [source.path])))];
}

export type { Column, Columns, SqlType } from './columns.ts';
export type { Endpoint } from './define-endpoint.ts';
export type { NestedParent, NestedSource, SnapshotSource, Source, TailSource } from './sources.ts';
