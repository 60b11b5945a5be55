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

/** Kinds of the statuses with fixed ids, whose names may be translated. */
export const KINDS_OF_STATUSES = [
  [0, 'available'],
  [-1, 'unavailable'],
  [-2, 'break'],
  [-3, 'special_task'],
  [-4, 'meal'],
  [-5, 'missed_call'],
  [-6, 'wrap_up'],
  [-7, 'in_call'],
  [-8, 'in_chat'],
  [-10, 'offline'],
] as const;

/** Kinds of status. `other` is a status of the tenant, or one whose id is not documented. */
export const STATUS_KINDS: readonly string[] = [...KINDS_OF_STATUSES.map(([, kind]) => kind), 'other'];
