import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { parseAll } from './configuration-error.ts';
import { readTenantName, tenantConfigurationSchema } from './tenant-configuration.ts';

/** With more tenants the policies of the functions, which name each tenant's secret, would be longer than IAM takes. */
const MAX_TENANTS = 50;

const LOG_RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

/** How S3 keeps raw records once they have settled. Athena reads all of them at once. */
export const STORAGE_CLASSES = ['standard', 'intelligent-tiering', 'glacier-instant-retrieval'] as const;

const MAX_TAG_NAME_LENGTH = 128;
const MAX_TAG_VALUE_LENGTH = 256;

const wholeNumber = (allowed: string) => z.int(allowed).min(1, allowed);
const days = () => wholeNumber('a whole number of days, 1 or more');

const resourceIds = (prefix: string) =>
  z
    .array(z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `an id such as ${prefix}-0a1b2c3d4e5f67890`))
    .min(1);

const tableName = () =>
  z
    .string()
    .regex(/^[\w.-]{3,255}$/, 'letters, digits, dots, hyphens and underscores, 3 to 255')
    .optional();

/** Everything about a deployment that can be chosen. */
export const configurationSchema = z.strictObject({
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
    .max(MAX_TENANTS, `at most ${MAX_TENANTS} tenants; the others can have a deployment of another name`)
    .superRefine(
      (tenants, context) => {
        const names = tenants.map(readTenantName);
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
   * Names of resources that other programs look up.
   * @default - names made by CloudFormation, which are outputs of the stack
   */
  names: z
    .strictObject({
      /**
       * Bucket of the lake; unique in the world.
       * @default - made by CloudFormation
       */
      lakeBucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'lower case letters, digits and hyphens, 3 to 63')
        .optional(),
      /**
       * DynamoDB table with the metrics of every call.
       * @default - made by CloudFormation
       */
      metricsTable: tableName(),
      /**
       * DynamoDB table with ledger, cursors, leases and rate budgets.
       * @default - made by CloudFormation
       */
      stateTable: tableName(),
    })
    .default({}),

  /**
   * Tags of every resource that takes tags, e.g. `{"cost-centre": "4711"}`.
   * @default - none
   */
  tags: z
    .record(z.string(), z.string().max(MAX_TAG_VALUE_LENGTH, `a text of at most ${MAX_TAG_VALUE_LENGTH} characters`))
    .refine(
      (tags) => Object.keys(tags).every((name) => !/^(aws:|$)/i.test(name) && name.length <= MAX_TAG_NAME_LENGTH),
      `tags whose names have 1 to ${MAX_TAG_NAME_LENGTH} characters and do not begin with aws:`,
    )
    .default({}),

  /**
   * Where alarms are sent; the owner of the address has to confirm it once.
   * @default - nobody is told; the topic of the alarms is there to be subscribed to
   */
  alarmEmail: z.email('an e-mail address').optional(),

  /**
   * Address of the runbooks, without the anchor: alarms link to them.
   * @default 'docs/operations.md'
   */
  runbookUrl: z
    .string()
    .regex(/^[^\s#]{1,500}$/, 'an address without spaces and without #')
    .default('docs/operations.md'),

  /**
   * Subnets to run the functions in, where the platform only admits the addresses of your network. The subnets need a way out
   * to the platform, S3, DynamoDB, Secrets Manager, SQS, Lambda and CloudWatch Logs.
   * @default - the functions run in no network of yours
   */
  vpc: z
    .strictObject({
      /** Private subnets. */
      subnetIds: resourceIds('subnet'),
      /** Security groups that let HTTPS out. */
      securityGroupIds: resourceIds('sg'),
      /**
       * Proxy through which the functions ask the platform, e.g. `http://proxy.internal:3128`. AWS is reached without it.
       * @default - the platform is asked directly
       */
      httpsProxy: z
        .string()
        .regex(/^https?:\/\/[^\s@/]+$/, 'an address such as http://proxy.internal:3128, without a password')
        .optional(),
    })
    .optional(),

  /**
   * Concurrent runs that are reserved for each function, so that other functions of the account cannot keep it from running. It
   * takes as many away from all others, and AWS leaves at least 100 (a new account has 10 in all).
   * @default - nothing is reserved: a lease lets one run at a time do the work of a tenant's endpoint anyway
   */
  reservedConcurrency: wholeNumber('a whole number, 1 or more').optional(),

  /**
   * Days after which log entries are deleted.
   * @default 90
   */
  logRetentionDays: z.literal(LOG_RETENTIONS).default(90),

  /**
   * How S3 keeps raw records in the long run.
   * @default 'standard'
   */
  rawStorageClass: z.enum(STORAGE_CLASSES).default('standard'),

  /**
   * Days after which raw records move to that storage class.
   * @default 30
   */
  rawTransitionDays: days().default(30),

  /**
   * Days after which raw records are deleted. What was not taken elsewhere by then is gone: the platform may not have it any more.
   * @default - they are kept
   */
  rawRetentionDays: days().optional(),

  /**
   * Days after which computed segments are deleted; raw records can bring them back.
   * @default - they are kept
   */
  segmentsRetentionDays: days().optional(),

  /**
   * Days after which former versions of objects are deleted: they are for recovery from mistakes, not for history.
   * @default 30
   */
  formerVersionRetentionDays: days().default(30),

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
   * Keeps the newest versions of calls, chats, participants and agent status history in columns (Iceberg), so that questions
   * read a fraction of the bytes; every hour.
   * @default true
   */
  curation: z.boolean().default(true),

  /**
   * Deploys the example of a function on the metrics table's stream: it keeps daily totals of each queue in a table of its own.
   * @default - not deployed
   */
  dailyQueueTotals: z
    .strictObject({
      /**
       * Seconds in the queue within which a call counts as answered in time.
       * @default 20
       */
      serviceLevelSeconds: wholeNumber('a whole number of seconds, 1 or more').default(20),
    })
    .optional(),

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

/** Rules about several values at once. */
const checkedSchema = configurationSchema.refine(
  ({ rawStorageClass, rawTransitionDays, rawRetentionDays = Number.POSITIVE_INFINITY }) =>
    rawStorageClass === 'standard' || rawRetentionDays > rawTransitionDays,
  { path: ['rawRetentionDays'], error: 'more days than rawTransitionDays' },
);

/** A deployment as its owner writes it. */
export type ConfigurationInput = z.input<typeof configurationSchema>;

/** A deployment with every default filled in. */
export type Configuration = z.output<typeof configurationSchema>;

/**
 * Checks a configuration and fills in its defaults; doing so again changes nothing.
 * @throws ConfigurationError with every mistake
 */
export function parseConfiguration(value: unknown): Configuration {
  return parseAll(checkedSchema, value, 'ccaip');
}
