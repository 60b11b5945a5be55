/** What a notification in an agent's activity log tells. */
export const AGENT_EVENTS = [
  'offered',
  'attempted',
  'picked_up',
  'missed',
  'dialled',
  'login',
  'logout',
  'other',
] as const;

/** Endings of the activities of each event, the first that fits. The vocabulary is open: anything else is `other`. */
export const ACTIVITY_ENDINGS: readonly (readonly [ending: string, event: (typeof AGENT_EVENTS)[number]])[] = [
  ['notification_offered', 'offered'],
  ['pick_up_attempt', 'attempted'],
  ['picked_up', 'picked_up'],
  ['missed', 'missed'],
  ['outbound_dialing', 'dialled'],
  ['login', 'login'],
  ['logout', 'logout'],
];

/** Activity of a row that is a stretch of time in a status. All others are points in time. */
export const STATUS_CHANGED = 'user_status_changed';

/** Activity with which an agent leaves: no status lasts beyond it. */
export const LOGOUT = 'logout';

/** Kinds of status. `other` is every status in which an agent is logged in, but neither busy with a session nor available. */
export const STATUS_KINDS = ['available', 'in_call', 'in_chat', 'wrap_up', 'offline', 'other'] as const;

/** Kinds of the statuses with fixed ids. Names may be translated. */
export const KINDS_OF_STATUSES: readonly (readonly [id: number, kind: (typeof STATUS_KINDS)[number]])[] = [
  [0, 'available'],
  [-7, 'in_call'],
  [-8, 'in_chat'],
  [-6, 'wrap_up'],
  [-10, 'offline'],
];
