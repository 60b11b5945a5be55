import * as z from 'zod';
import { days, wholeNumber } from './numbers.ts';

/** Options of the audit. */
export const auditConfigurationSchema = z.strictObject({
  /**
   * False to leave the audit out.
   * @default true
   */
  enabled: z.boolean().default(true),

  /**
   * Days that are compared from Monday to Saturday, in addition to the current one.
   * @default 3
   */
  nightlyDays: days().default(3),

  /**
   * Days that are compared on Sundays.
   * @default 35
   */
  weeklyDays: days().default(35),

  /**
   * Reads again what is missing.
   * @default true
   */
  heal: z.boolean().default(true),

  /**
   * Requests that the audit of a tenant may send in a night, those of healing included.
   * @default 2000
   */
  maxRequests: wholeNumber('a whole number of requests, 1 or more').default(2_000),
});
