/** Family of call types; it decides which segments a call can have. */
export type Family = 'internal' | 'campaign' | 'outbound' | 'scheduled' | 'mobile' | 'ivr' | 'other';

/**
 * Which segments the calls of a family can have; all of them can have all other segments.
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

/** What the types of a family look like, in order. Upper and lower case are the same: `Voice Callback (Web)`, `Voice callback (Web)`. */
const PATTERNS: readonly (readonly [Family, RegExp])[] = [
  ['internal', /^(voice internal|directcall)$/i],
  ['campaign', /campaign/i],
  ['outbound', /outbound/i],
  ['scheduled', /scheduled|callback/i],
  ['mobile', /inbound.*\((app|mobile|web)\)/i],
  ['ivr', /inbound.*\((ivr|pstn|api|ivr using mobile|ivr by mobile)\)|^ivrcall$/i],
];

const familyOfType = (type: string): Family => PATTERNS.find(([, pattern]) => pattern.test(type))?.[0] ?? 'other';

/** The types that nearly all calls have, judged once: reading a name takes as long as reading four timestamps. */
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
 * The family of a call, the first that fits in the order of {@link Family}.
 *
 * @param type - `session_type_v2` if present, else `call_type`
 * @param isScheduled - whether the call has a `scheduled_at`
 */
export function classifyFamily(type: string | null, isScheduled: boolean): Family {
  const family = type === null ? 'other' : (USUAL_TYPES.get(type) ?? familyOfType(type));
  return isScheduled && (family === 'mobile' || family === 'ivr' || family === 'other') ? 'scheduled' : family;
}
