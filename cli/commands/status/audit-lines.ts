import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type AuditSummary, readSummary } from '../../../lambdas/audit/audit-summary.ts';
import { formatTotals } from '../audit/audit-table.ts';

/** The last audit of a tenant. */
export interface ShownAudit extends AuditSummary {
  readonly tenant: string;
}

/** Reads the last audit of each tenant. Tenants without one are left out. */
export async function readAudits(
  client: DynamoDBDocumentClient,
  table: string,
  places: readonly { readonly tenant: string }[],
): Promise<ShownAudit[]> {
  const tenants = [...new Set(places.map(({ tenant }) => tenant))];
  const found = await Promise.all(
    tenants.map(async (tenant) => ({ tenant, summary: await readSummary(client, table, tenant) })),
  );
  return found.flatMap(({ tenant, summary }) => (summary === undefined ? [] : [{ tenant, ...summary }]));
}

/** Formats one line per tenant. */
export const formatAudits = (audits: readonly ShownAudit[]): string =>
  audits.map((audit) => `${audit.tenant}: audited ${audit.checkedAt}, ${formatTotals(audit)}\n`).join('');
