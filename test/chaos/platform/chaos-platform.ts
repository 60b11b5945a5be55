import { ENDPOINTS, type Endpoint } from '../../../catalog/index.ts';
import type { Quirks } from '../../../simulator/quirks.ts';
import { Collection, type Json, type TieOrder } from './chaos-collection.ts';
import { PlatformQuirks } from './platform-quirks.ts';

/** What platforms differ in. */
export interface PlatformTraits {
  /** Sends `Total`. */
  readonly total: boolean;
  /** Sends `Link`. */
  readonly link: boolean;
  /** Knows `[to]`. */
  readonly to: boolean;
  /** Filters by the time at which a row was closed. */
  readonly closed: boolean;
  readonly tieOrder: TieOrder;
  readonly retryAfter: 'seconds' | 'date' | 'none';
  /** Answers the whole tree to every page. */
  readonly treeIgnoresPage: boolean;
}

/** A collection of the catalog for which there is no writer that knows it: its records are made of the endpoint's columns. */
export interface OtherCollection {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly collection: Collection;
}

const TEAM_TREE = '/teams/tree';

/** One CCAI Platform instance: what it shows, and its clock, which is the true time. */
export class Platform {
  readonly name: string;
  readonly traits: PlatformTraits;
  readonly now: () => number;
  readonly quirks: PlatformQuirks;
  readonly calls: Collection;
  readonly chats: Collection;
  readonly activity: Collection;
  readonly agents: Collection;
  readonly teams: Collection;
  readonly menus: Collection;
  readonly statuses: Collection;
  readonly others: OtherCollection[] = [];
  password = 'token-1';

  constructor(name: string, traits: PlatformTraits, now: () => number, quirks: Quirks) {
    this.quirks = new PlatformQuirks(quirks);
    this.name = name;
    this.traits = traits;
    this.now = now;
    this.calls = new Collection('updated_at', traits.tieOrder, this.quirks);
    this.chats = new Collection('updated_at', traits.tieOrder, this.quirks);
    this.activity = new Collection('started_at', traits.tieOrder, this.quirks, 'ended_at');
    this.agents = new Collection(null, 'id', this.quirks);
    this.teams = new Collection(null, 'id', this.quirks);
    this.menus = new Collection(null, 'id', this.quirks);
    this.statuses = new Collection(null, 'id', this.quirks);
    for (const endpoint of ENDPOINTS) {
      const { source } = endpoint;
      if (source.kind === 'nested' || source.path === TEAM_TREE || this.collection(source.path)) continue;
      const isTail = source.kind === 'tail';
      const collection = isTail
        ? new Collection(source.cursor, traits.tieOrder, this.quirks, source.openUntil)
        : new Collection(null, 'id', this.quirks);
      this.others.push({ endpoint, path: source.path, collection });
    }
  }

  /** The collection of a path; undefined for paths that are none. */
  collection(path: string): Collection | undefined {
    switch (path) {
      case '/calls':
        return this.calls;
      case '/chats':
        return this.chats;
      case '/agent_activity_logs':
        return this.activity;
      case '/agents':
        return this.agents;
      case '/teams':
        return this.teams;
      case '/menus':
        return this.menus;
      case '/user_statuses':
        return this.statuses;
      default:
        return this.others.find((other) => other.path === path)?.collection;
    }
  }

  /** The roots of a collection that is a tree, with their children; undefined for paths that are none. */
  tree(path: string): readonly Json[] | undefined {
    if (path === TEAM_TREE) return this.#teams();
    return this.others
      .find(({ endpoint: { source }, path: own }) => own === path && 'children' in source)
      ?.collection.rows()
      .map(({ record }) => record);
  }

  /** Every team below its parent; whose parent is gone stands at the root. */
  #teams(): Json[] {
    const teams = this.teams.rows().map(({ record }) => record);
    const ids = new Set(teams.map(({ id }) => id));
    const below = (parent: unknown): Json[] =>
      teams
        .filter(({ parent_id }) => (ids.has(parent_id) ? parent_id : null) === parent)
        .map(({ assignees: _, ...team }) => ({ ...team, children: below(team.id) }));
    return below(null);
  }
}
