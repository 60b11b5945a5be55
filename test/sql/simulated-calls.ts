import type { SimulatedDay } from './simulated-day.ts';

/** A call of the simulation in plain JavaScript: what the API's record says, and what really happened. */
export interface Call {
  readonly id: number;
  readonly queue: string;
  readonly isInbound: boolean;
  readonly isInternal: boolean;
  readonly isVoicemail: boolean;
  readonly agent: number | null;
  readonly created: number;
  readonly queued: number | null;
  readonly connected: number | null;
  readonly ended: number | null;
  readonly status: string;
  readonly failReason: string;
  readonly deflection: string;
  readonly ticket: string | null;
  readonly transfers: readonly { status: string; to_menu: { name: string } | null }[];
  readonly participants: readonly { type: string; user_id: number | null; connected_at: string | null }[];
  readonly photos: number;
  readonly videos: number;
  /** Seconds of a metric from the simulator's truth; null where there is no value. */
  readonly metric: (name: string) => number | null;
}

const time = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : null);

/** Who connected last: the platform loses the agent of some calls that a virtual agent handed over. */
function lastAgent(participants: Call['participants']): number | null {
  const agents = participants.filter(({ type, connected_at }) => type === 'agent' && connected_at !== null);
  return agents.sort((a, b) => (String(a.connected_at) < String(b.connected_at) ? -1 : 1)).at(-1)?.user_id ?? null;
}

export const callsOf = ({ records, truth }: SimulatedDay): Call[] =>
  (records.get('call') ?? []).map((record) => {
    const text = (key: string) => String(record[key]);
    const type = String(record.session_type_v2 ?? record.call_type);
    const list = (key: string) => (record[key] ?? []) as never[];
    return {
      id: Number(record.id),
      queue: (record.selected_menu as { name: string } | null)?.name ?? '(no queue)',
      isInbound: !/Outbound|Internal|Campaign|DirectCall/.test(type),
      isInternal: type === 'Voice Internal',
      isVoicemail: ![null, undefined, 'not_voicemail'].includes(record.voicemail_reason as string),
      agent: (record.agent_info as { id: number } | null | undefined)?.id ?? lastAgent(list('participants')),
      created: Date.parse(String(record.created_at)),
      queued: time(record.queued_at),
      connected: time(record.connected_at),
      ended: time(record.ended_at ?? record.ends_at),
      status: text('status'),
      failReason: text('fail_reason'),
      deflection: text('deflection'),
      ticket: (record.out_ticket_id as string | undefined) ?? null,
      transfers: list('transfers'),
      participants: list('participants'),
      photos: list('photos').length,
      videos: list('videos').length,
      metric: (name) => truth.calls.get(Number(record.id))?.metrics[name]?.seconds ?? null,
    };
  });

/** Answered or given up in the queue, as the service level counts. */
export const isOffered = (call: Call): boolean =>
  call.isInbound &&
  call.queued !== null &&
  (call.connected !== null ||
    (call.failReason === 'eu_abandoned' && (call.ended !== null || call.status === 'failed')));

export const has = (value: number | null): value is number => value !== null;
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;
export const share = (part: number, whole: number): number => rounded((100 * part) / whole);

/** Text of a moment on the clock of a zone, to the minute. */
export const clock = (ms: number, offsetMinutes = 0): string =>
  new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');
