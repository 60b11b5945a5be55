import * as z from 'zod';
import type { PortalReport } from '../../catalog/portal-report.ts';
import { quoteText } from '../../local/warehouse/raw-views.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { addDays } from '../../sql/queries/parameters.ts';

const sessionSchema = z.object({
  session_id: z.number(),
  outcome: z.string().nullable(),
  is_voicemail: z.boolean().nullable(),
  is_internal: z.boolean().nullable(),
  is_campaign: z.boolean().nullable(),
  agent_legs: z.number().nullable(),
  last_agent_id: z.number().nullable(),
});

const interactionSchema = z.object({ interaction_id: z.number(), session_id: z.number() });

/** What is known of a session beside the rows of a report. */
export type SessionContext = z.infer<typeof sessionSchema>;

/** Facts about the sessions of a period, to explain differences. */
export interface Context {
  readonly sessions: ReadonlyMap<string, SessionContext>;
  /** Session ids by the interaction ids of the report, whether or not the report shows them. */
  readonly interactions: ReadonlyMap<string, string>;
}

export const EMPTY_CONTEXT: Context = { sessions: new Map(), interactions: new Map() };

/** Days around the period that are read. A scheduled session is created days before it happens. */
const DAYS_BEFORE = 8;
const DAYS_AFTER = 2;

/** Reads the sessions of a period and a little around it. */
export async function readContext(
  warehouse: Warehouse,
  { fact }: PortalReport,
  { tenant, channel, from, to }: Readonly<Record<'tenant' | 'channel' | 'from' | 'to', string>>,
): Promise<Context> {
  const where = `tenant = ${quoteText(tenant)} AND channel = ${quoteText(channel)}
    AND dt BETWEEN '${addDays(from, -DAYS_BEFORE)}' AND '${addDays(to, DAYS_AFTER)}'`;
  const { rows } = await warehouse.query(
    `SELECT ${Object.keys(sessionSchema.shape).join(', ')} FROM session_outcome WHERE ${where}`,
  );
  const sessions = z.array(sessionSchema).parse(rows);
  return {
    sessions: new Map(sessions.map((session) => [String(session.session_id), session])),
    interactions: fact === undefined ? new Map() : await readInteractions(warehouse, fact, where),
  };
}

async function readInteractions(warehouse: Warehouse, fact: NonNullable<PortalReport['fact']>, where: string) {
  const id = fact === 'queue_visit' ? 'visit_id' : 'leg_id';
  const { rows } = await warehouse.query(
    `SELECT ${id} AS interaction_id, session_id FROM ${fact} WHERE ${id} IS NOT NULL AND ${where}`,
  );
  return new Map(
    z
      .array(interactionSchema)
      .parse(rows)
      .map(({ interaction_id, session_id }) => [String(interaction_id), String(session_id)]),
  );
}
