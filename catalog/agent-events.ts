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
