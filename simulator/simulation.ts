import { Centre } from './centre.ts';
import { type Collection, Collections } from './collections.ts';
import type { Listing } from './column.ts';
import { countRecords } from './counts.ts';
import type { Quirks } from './quirks.ts';
import type { ApiRecord } from './render.ts';
import { type SimulationOptions, withDefaults } from './simulation-options.ts';
import { type CallStage, listCallStages, listChatStages, type SessionStage } from './stages.ts';
import { liveDay } from './traffic.ts';
import { computeTruth, type TruthOfCall } from './truth.ts';
import { type AgentEvent, expectAgentEvents, expectStatusIntervals, type StatusInterval } from './truth-activity.ts';

/** The ground truth at a virtual time. */
export interface Truth {
  /** Metrics of every call that exists then, by call id. */
  readonly calls: ReadonlyMap<number, TruthOfCall>;
  /** Number of records of each endpoint. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A simulated contact centre: what its API shows, and what is true. */
export interface Simulation {
  readonly options: Required<SimulationOptions>;
  /** Virtual epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** The records of a collection as the API shows them at a virtual time, sorted by id. */
  records(collection: Collection, at: number): readonly ApiRecord[];
  truth(at: number): Truth;
  /** Every call after each moment at which something happened to it, with its record and its truth of that moment. */
  callStages(): Iterable<CallStage>;
  /** Every chat after each moment at which something happened to it. */
  chatStages(): Iterable<SessionStage>;
  /** When agents were in which status, and what else the activity log notes, at a virtual time. */
  activity(at: number): { readonly intervals: readonly StatusInterval[]; readonly events: readonly AgentEvent[] };
  /** The same records for the server: sorted and serialised without rendering them again. */
  listing(collection: Collection, at: number): Listing;
  /** The collections as a platform with these quirks shows them. The truth stays the same. */
  collections(quirks: Quirks): Collections;
}

/**
 * Simulates all days of a contact centre at once, deterministically.
 * @throws RangeError if an option is invalid.
 */
export function simulate(options: SimulationOptions = {}): Simulation {
  const centre = new Centre(withDefaults(options));
  liveDay(centre);
  const collections = new Collections(centre);
  return {
    options: centre.options,
    startMs: centre.span.startMs,
    endMs: centre.span.endMs,
    records: (collection, at) => collections.records(collection, at),
    listing: (collection, at) => collections.listing(collection, at),
    collections: (quirks) => new Collections(centre, quirks),
    callStages: () => listCallStages(centre.calls),
    chatStages: () => listChatStages(centre.chats),
    activity: (at) => ({
      intervals: expectStatusIntervals(centre.log.rows, at),
      events: expectAgentEvents(centre.log.rows, at),
    }),
    truth: (at) => ({
      calls: new Map(
        centre.calls
          .filter((story) => (story.events[0]?.at ?? Number.POSITIVE_INFINITY) <= at)
          .map((story) => [story.id, computeTruth(story, at)]),
      ),
      counts: countRecords((collection) => collections.records(collection, at)),
    }),
  };
}
