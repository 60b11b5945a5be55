import * as z from 'zod/mini';

/** The parts of the lake. */
const ZONES = ['raw', 'segments', 'quarantine', 'drift', 'coverage'] as const;
export type Zone = (typeof ZONES)[number];

/** An object that was written, as the ledger names it. */
export const storedObjectSchema = z.object({
  key: z.string(),
  zone: z.enum(ZONES),
  /** Partition, UTC date. */
  dt: z.string(),
  records: z.int(),
  /** Compressed size. */
  bytes: z.int(),
});

export type StoredObject = z.infer<typeof storedObjectSchema>;
