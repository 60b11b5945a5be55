import * as z from 'zod/mini';
import { timestampText } from '../../catalog/record-fields.ts';
import { sourceOverridesSchema } from './source-override.ts';

/** One CCAI Platform instance as a function needs to know it. */
export const tenantSchema = z.object({
  /** Name in keys and partitions: lower case letters, digits and hyphens. */
  name: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower case letters, digits and hyphens, at most 40')),
  /** Base URL with path prefix, e.g. `https://acme.uc1.ccaiplatform.com/manager/api/v1`; https outside localhost. */
  baseUrl: z.url({ protocol: /^https?$/ }),
  /** Name or ARN of the Secrets Manager secret that holds `{"username": ..., "password": ...}`. */
  secretId: z.string().check(z.minLength(1)),
  /** Ceiling of the tenant's rate budget in requests per second, shared by all its functions. */
  requestsPerSecond: z._default(z.number().check(z.positive()), 8),
  /**
   * Fraction of the ceiling that backfill may use while live runs are active; otherwise backfill may use all of it.
   * Backfill never delays live runs for longer than one or two requests.
   */
  backfillShare: z._default(z.number().check(z.positive(), z.lte(0.5)), 0.1),
  /** How far before its cursor every run of a tail reads again, minutes: some records appear late. */
  lookBackMinutes: z._default(z.number().check(z.gte(0)), 10),
  /** How long a record may take to appear, seconds. The cursor of a tail stays at least this far behind now. */
  settleSeconds: z._default(z.number().check(z.gte(0)), 60),
  /** Where history starts when an endpoint has no cursor yet (UTC). */
  historyStart: timestampText,
  /** Where this platform differs from the catalog. @default - nowhere */
  sources: z._default(sourceOverridesSchema, {}),
});

export type Tenant = z.infer<typeof tenantSchema>;
