import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod/mini';
import { advanceAudit } from '../audit/execution/advance-audit.ts';
import type { AuditAnswer } from '../audit/execution/audit-answer.ts';
import { auditEventSchema, auditReportSchema } from '../audit/execution/audit-event.ts';
import { AUDIT_METRICS } from '../audit/execution/audit-metric-names.ts';
import { OpenWindows } from '../audit/execution/open-windows.ts';
import { checkTenantHost } from '../platform/tenant-hosts.ts';
import { onWait } from '../platform/waits.ts';
import { type Container, openContainer } from './container.ts';
import { readEnvironment, readEvent, readTenantHosts } from './handler-input.ts';
import { sourcePlaces } from './source-places.ts';

const logger = new Logger({ serviceName: 'ccaip-audit' });
let container: Promise<Container> | undefined;

onWait((sentence) => logger.warn(sentence));

type Request = z.input<typeof auditEventSchema> | z.input<typeof auditReportSchema>;

/** What an execution has found. */
interface AuditReport {
  /** Records of all tenants that are missing and not healed. */
  readonly missing: number;
}

/**
 * The function that tells the state machine of audits what comes next, and compares the lake with the platform.
 * @throws ConfigurationError if the event or the environment does not fit
 */
export const handler = middy<Request, AuditAnswer | AuditReport, Error, Context>()
  .use({ onError: ({ error }) => logger.error('audit failed', { error: error ?? '' }) })
  .use(sourcePlaces)
  .handler(async (event, context) => {
    if ('report' in event) return reportMissing(readEvent(auditReportSchema, event));
    const input = readEvent(auditEventSchema, event);
    checkTenantHost(readTenantHosts(), input.tenant);
    const environment = readEnvironment();
    container ??= openContainer();
    const timeLeft = () => context.getRemainingTimeInMillis();
    const answer = await advanceAudit({ environment, timeLeft, ...(await container) }, input);
    logger.info('asked', { tenant: input.tenant.name, next: answer.next, ...('summary' in answer && answer.summary) });
    return answer;
  });

async function reportMissing({ deployment, tenants }: z.output<typeof auditReportSchema>): Promise<AuditReport> {
  const { STATE_TABLE } = readEnvironment();
  container ??= openContainer();
  const { aws } = await container;
  const open = new OpenWindows(aws.dynamodb, STATE_TABLE);
  const counts = await Promise.all(tenants.map(async (tenant) => [tenant, await open.count(tenant)] as const));
  const missing = counts.reduce((sum, [, count]) => sum + count, 0);
  publishMissing(deployment, missing);
  logger.info('audited', { missing, tenants: Object.fromEntries(counts.filter(([, count]) => count > 0)) });
  return { missing };
}

/** Writes the number of missing records to the log in CloudWatch's embedded format. Zero ends the alarm. */
function publishMissing(deployment: string, missing: number): void {
  const metrics = new Metrics({ namespace: deployment });
  metrics.clearDefaultDimensions();
  metrics.addDimensions({ deployment });
  metrics.addMetric(AUDIT_METRICS.missing, MetricUnit.Count, missing);
  metrics.publishStoredMetrics();
}
