import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { parseAll } from './configuration-error.ts';
import { tenantConfigurationSchema, tenantName } from './tenant-configuration.ts';

/** With more tenants the policies of the functions, which name each tenant's secret, would be longer than IAM takes. */
const MOST_TENANTS = 50;

const LOG_RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

const days = () =>
  z.number().refine((value) => Number.isInteger(value) && value >= 1, 'a whole number of days, 1 or more');

/** Everything about a deployment that can be chosen. */
const configurationSchema = z.strictObject({
  /**
   * Name of the deployment: its database, workgroup, functions, queues, schedule group and secrets carry it.
   * Two deployments in one account and region need different names.
   * @default 'ccaip'
   */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,15}$/, 'lower case letters, digits and hyphens, a letter first, at most 16')
    .default('ccaip'),

  /** The CCAI Platform instances to ingest. */
  tenants: z
    .array(tenantConfigurationSchema)
    .min(1)
    .max(MOST_TENANTS, `at most ${MOST_TENANTS} tenants; the others can have a deployment of another name`)
    .superRefine(
      (tenants, context) => {
        const names = tenants.map(tenantName);
        for (const [index, name] of names.entries())
          if (name !== '' && names.indexOf(name) !== index)
            context.addIssue({
              code: 'custom',
              path: [index, 'name'],
              message: `a name of its own ([${names.indexOf(name)}] has the same)`,
            });
      },
      { when: ({ value }) => Array.isArray(value) },
    ),

  /**
   * ARN of a KMS key that encrypts bucket, tables, secrets and query results; its key policy must let the account use it.
   * @default - keys managed by AWS
   */
  encryptionKeyArn: z
    .string()
    .regex(
      /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})|\$\{Token\[.+\]\})$/,
      'the ARN of a KMS key (not of an alias)',
    )
    .optional(),

  /**
   * Keeps bucket and tables when the stack is deleted, and protects the tables from deletion.
   * @default true
   */
  retainData: z.boolean().default(true),

  /**
   * Days after which log entries are deleted.
   * @default 90
   */
  logRetentionDays: z
    .number()
    .refine((value) => LOG_RETENTIONS.includes(value), `one of ${LOG_RETENTIONS.join(', ')}`)
    .default(90),

  /**
   * Days after which quarantined records are deleted.
   * @default 90
   */
  quarantineRetentionDays: days().default(90),

  /**
   * Days after the start of a call at which its item in the metrics table is deleted; the lake keeps its metrics.
   * @default - items stay
   */
  metricsTtlDays: days().optional(),

  /**
   * Days after which Athena's query results are deleted.
   * @default 30
   */
  queryResultRetentionDays: days().default(30),

  /**
   * An Athena query that would read more than so many gigabytes is stopped.
   * @default 100
   */
  queryScanLimitGigabytes: z.number().min(0.01).default(100),
});

/** A deployment as its owner writes it. */
export type ConfigurationInput = z.input<typeof configurationSchema>;

/** A deployment with every default filled in. */
export type Configuration = z.output<typeof configurationSchema>;

/**
 * Checks a configuration and fills in its defaults; doing so again changes nothing.
 * @throws ConfigurationError with every mistake
 */
export function parseConfiguration(value: unknown): Configuration {
  return parseAll(configurationSchema, value, 'ccaip');
}
