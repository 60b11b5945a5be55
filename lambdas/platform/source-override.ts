import * as z from 'zod/mini';

/**
 * What a tenant's platform does differently from the catalog: another path of a collection, or other places of nested
 * records. Documentation and working code disagree on some of these (`/team` or `/teams`), and no public payload contains
 * changed details.
 */
export const sourceOverrideSchema = z.object({
  /** Path below the base URL of a tail or a snapshot, e.g. `/team`. */
  path: z.optional(z.string().check(z.regex(/^\/[\w/-]+$/, 'a path like /teams'))),
  /** Places of nested records in their parents, e.g. `{"call": ["changes[]"]}`. */
  parents: z.optional(
    z.record(
      z.string(),
      z.array(z.string().check(z.regex(/^\w+(\[\])?(\.\w+(\[\])?)*$/, 'a path like transfers[].to_agent'))),
    ),
  ),
});

/** Overrides by endpoint name. */
export const sourceOverridesSchema = z.record(z.string(), sourceOverrideSchema);

export type SourceOverrides = z.infer<typeof sourceOverridesSchema>;
