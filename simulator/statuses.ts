/** A status of an agent; 0 is Available and system statuses are negative. Source: the documented list of user statuses. */
export interface UserStatus {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly wfm_id: number;
}

const status = (id: number, name: string, color: string, wfm_id: number): UserStatus => ({ id, name, color, wfm_id });

/** The statuses by the simulator's own name. */
export const STATUS = {
  available: status(0, 'Available', 'green', 11),
  unavailable: status(-1, 'Unavailable', 'red', 12),
  break: status(-2, 'Break', 'yellow', 29),
  specialTask: status(-3, 'Special Task', 'pink', 30),
  meal: status(-4, 'Meal', 'brown', 31),
  missedCall: status(-5, 'Missed Call', 'blue_grey', 32),
  wrapUp: status(-6, 'Wrap-up', 'purple', 33),
  // Its number is not documented.
  wrapUpExceeded: status(-11, 'Wrap-up Exceeded', 'purple', 37),
  inCall: status(-7, 'In-call', 'light_blue', 34),
  inChat: status(-8, 'In-chat', 'indigo', 35),
  offline: status(-10, 'Offline', 'grey', 36),
  customMeal: status(5, 'Meal', 'green', 45),
} as const;

export const USER_STATUSES: readonly UserStatus[] = Object.values(STATUS).toSorted((a, b) => a.id - b.id);
