import type { IngestEvent } from '../../runs/ingest-event.ts';
import type { AuditSummary } from '../audit-summary.ts';

/** The step of an answer without a result. */
export const NO_STEP = -1;

/** What the state machine does next for a tenant. It asks again afterwards, with what it did. */
export type AuditAnswer =
  /** Another execution audits this tenant, or another run holds a lease: ask again after a pause. */
  | { readonly next: 'wait'; readonly step: typeof NO_STEP }
  /** The time is up, and there is more to compare: ask again at once. */
  | { readonly next: 'again'; readonly step: typeof NO_STEP }
  /** Run the query. */
  | { readonly next: 'query'; readonly step: number; readonly statement: string }
  /** Invoke the function of an endpoint. */
  | { readonly next: 'read'; readonly step: number; readonly function: string; readonly event: IngestEvent }
  /** The order is about other tenants. */
  | { readonly next: 'skip' }
  /** The tenant is audited. `failed`: a query or a run that heals failed. */
  | { readonly next: 'end' | 'failed'; readonly summary: AuditSummary };
