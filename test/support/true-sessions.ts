import type { SessionFacts } from '../../catalog/facts.ts';
import type { CallStage, SessionStage } from '../../simulator/stages.ts';

/** A session of the simulation as it really was. */
export interface TrueSession {
  readonly id: number;
  readonly lang: string;
  readonly type: string;
  readonly facts: SessionFacts;
  readonly created: string;
  readonly ended: string | null;
  readonly isAssigned: boolean;
  readonly scheduled: string | null;
  readonly deflection: string | null;
  /** From 1 to 5. */
  readonly rating: number | null;
  readonly endUser: number | null;
  /** Seconds from the queue until connected; absent for a chat, whose record does not always say when it was queued. */
  readonly wait?: number | null;
}

/** Lists the sessions of a simulation as they were at a virtual time, from its own events. */
export function listTrueSessions(stages: Iterable<SessionStage | CallStage>, at: number): TrueSession[] {
  const newest = new Map<number, TrueSession>();
  for (const stage of stages) {
    if (stage.at > at) continue;
    const { record, facts } = stage;
    const rating = Number(record.rating ?? 0);
    newest.set(Number(record.id), {
      id: Number(record.id),
      lang: String(record.lang),
      type: String(record.session_type_v2 ?? record.call_type ?? record.chat_type),
      facts,
      created: String(readTime(record.created_at)),
      ended: readTime(record.ended_at ?? record.ends_at),
      isAssigned: (record.assigned_at ?? null) !== null,
      scheduled: readTime(record.scheduled_at),
      deflection: record.deflection === undefined ? null : String(record.deflection),
      rating: rating > 0 ? rating : null,
      endUser: (Object(record.end_user) as { readonly id?: number }).id ?? null,
      ...('truth' in stage ? { wait: stage.truth.metrics.queue_time?.seconds ?? null } : {}),
    });
  }
  return [...newest.values()];
}

const readTime = (text: unknown): string | null => (typeof text === 'string' ? new Date(text).toISOString() : null);
