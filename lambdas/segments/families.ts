/** Family of call types; it decides which segments a call can have. */
export type Family = 'internal' | 'campaign' | 'outbound' | 'scheduled' | 'mobile' | 'ivr' | 'other';

/**
 * The optional segments that calls of a family can have. Calls of every family can have all other segments.
 * The vocabulary of call types is open, so a call of an unknown type has every segment its data shows.
 */
export const FAMILY_SEGMENTS: Readonly<Record<Family, { readonly ivr: boolean; readonly queue: boolean }>> = {
  internal: { ivr: false, queue: false },
  campaign: { ivr: false, queue: true },
  outbound: { ivr: false, queue: false },
  scheduled: { ivr: false, queue: true },
  mobile: { ivr: false, queue: true },
  ivr: { ivr: true, queue: true },
  other: { ivr: true, queue: true },
};

/** Patterns of the types of each family, in order of priority. Case is ignored: `Voice Callback (Web)`, `Voice callback (Web)`. */
const PATTERNS: readonly (readonly [Family, RegExp])[] = [
  ['internal', /^(voice internal|directcall)$/i],
  ['campaign', /campaign/i],
  ['outbound', /outbound/i],
  ['scheduled', /scheduled|callback/i],
  ['mobile', /inbound.*\((app|mobile|web)\)/i],
  ['ivr', /inbound.*\((ivr|pstn|api|ivr using mobile|ivr by mobile)\)|^ivrcall$/i],
];

const familyOfType = (type: string): Family => PATTERNS.find(([, pattern]) => pattern.test(type))?.[0] ?? 'other';

/** Cached families of the types that nearly all calls have. Matching a name takes as long as reading four timestamps. */
export const USUAL_TYPES: ReadonlyMap<string, Family> = new Map(
  [
    'Voice Inbound (App)',
    'Voice Inbound (Mobile)',
    'Voice Inbound (Web)',
    'Voice Inbound (IVR)',
    'Voice Inbound (IVR using Mobile)',
    'Voice Inbound (PSTN)',
    'Voice Inbound (API)',
    'Voice Outbound',
    'Voice Outbound (API)',
    'Voice Scheduled (API)',
    'Voice Internal',
    'Voice Campaign',
  ].map((type) => [type, familyOfType(type)]),
);

/**
 * Finds the family of a call: the first match in the order of {@link Family}.
 *
 * @param type - `session_type_v2` if present, else `call_type`
 * @param isScheduled - whether the call has a `scheduled_at`
 */
export function classifyFamily(type: string | null, isScheduled: boolean): Family {
  const family = type === null ? 'other' : (USUAL_TYPES.get(type) ?? familyOfType(type));
  return isScheduled && (family === 'mobile' || family === 'ivr' || family === 'other') ? 'scheduled' : family;
}
