/** Family of session types; it decides which segments a call can have. `chat` is every chat that is not outbound. */
export type Family =
  | 'internal'
  | 'direct'
  | 'campaign'
  | 'outbound'
  | 'scheduled'
  | 'mobile'
  | 'ivr'
  | 'other'
  | 'chat';

/** Whether calls of a family have a menu or a queue: all of them, those whose record shows it, or none. */
export type Possibility = boolean | 'if shown';

/**
 * The optional segments that calls of a family can have. Calls of every family can have all other segments.
 * The vocabulary of call types is open, so a call of an unknown type has every segment its data shows.
 */
export const FAMILY_SEGMENTS: Readonly<Record<Family, { readonly ivr: boolean; readonly queue: Possibility }>> = {
  internal: { ivr: false, queue: false },
  // a direct number or an extension has no menu, and may be assigned to a queue
  direct: { ivr: false, queue: 'if shown' },
  campaign: { ivr: false, queue: true },
  outbound: { ivr: false, queue: false },
  scheduled: { ivr: false, queue: true },
  mobile: { ivr: false, queue: true },
  ivr: { ivr: true, queue: true },
  other: { ivr: true, queue: true },
  chat: { ivr: false, queue: true },
};

/** Patterns of the types of each family, in order of priority. Case is ignored: `Voice Callback (Web)`, `Voice callback (Web)`. */
const PATTERNS: readonly (readonly [Family, RegExp])[] = [
  ['internal', /^voice internal$/i],
  ['direct', /inbound.*\((direct|extension)\)/i],
  ['campaign', /campaign/i],
  ['outbound', /outbound|^directcall$/i],
  ['scheduled', /scheduled|callback/i],
  ['mobile', /inbound.*\((app|mobile|web)\)/i],
  ['ivr', /inbound.*\((ivr|pstn|api|ivr (using|via|by) mobile)\)|^ivrcall$/i],
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
    'Voice Inbound (Direct)',
    'Voice Inbound (Extension)',
    'Voice Inbound (IVR via Mobile)',
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
 * @param hasContact - whether a participant is a contact of a campaign: a dialer's calls can have a type of scheduled calls
 */
export function classifyFamily(type: string | null, isScheduled: boolean, hasContact: () => boolean): Family {
  const known = type === null ? 'other' : (USUAL_TYPES.get(type) ?? familyOfType(type));
  const family = isScheduled && (known === 'mobile' || known === 'ivr' || known === 'other') ? 'scheduled' : known;
  return family === 'scheduled' && hasContact() ? 'campaign' : family;
}

/** Whether a call can have a queue, for which it waited or may still wait. */
export const canQueue = (family: Family, hasQueued: boolean): boolean => {
  const { queue } = FAMILY_SEGMENTS[family];
  return queue === 'if shown' ? hasQueued : queue;
};
