import { expect } from 'vitest';
import type { Channel, DetailedFacts } from '../../catalog/facts.ts';
import { segmentSession } from '../../lambdas/segments/segment-record.ts';
import { type SimulatedDay, START } from './simulated-day.ts';

/** A session of the simulation: its record as the API has it, and the facts that ingestion computes. */
export interface Session {
  readonly id: number;
  readonly channel: Channel;
  readonly created: number;
  readonly record: Readonly<Record<string, unknown>>;
  readonly facts: DetailedFacts;
  readonly isOpen: boolean;
  readonly family: string;
  /** Seconds of a metric of a call. */
  readonly metric: (name: string) => number | null;
}

export const listSessions = ({ records }: SimulatedDay, channel: Channel): Session[] =>
  (records.get(channel) ?? []).map((record) => {
    const { segments } = segmentSession(channel, { record, dt: START.slice(0, 10), extractedAt: START, batch: '1' });
    const metrics = 'metrics' in segments ? (segments.metrics as Record<string, { seconds: number | null }>) : {};
    return {
      id: Number(record.id),
      channel,
      created: Date.parse(String(record.created_at)),
      record,
      facts: segments.facts,
      isOpen: segments.settled_after === null,
      family: segments.family,
      metric: (name) => metrics[name]?.seconds ?? null,
    };
  });

export const has = (value: number | null): value is number => value !== null;
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;
export const share = (part: number, whole: number): number => rounded((100 * part) / whole);

/** Text of a moment on the clock of a zone, to the minute. */
export const clock = (ms: number, offsetMinutes = 0): string =>
  new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');

export const groups = <T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] =>
  [...Map.groupBy(items, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));

/** A value that is rounded, or computed from whole seconds. */
export const near = (value: number, tolerance: number) => expect.closeTo(value, -Math.log10(tolerance * 2.001));
