/** Result of one check. */
export interface Finding {
  /** The thing that was checked, e.g. `/calls` or `secret ccaip/acme`. */
  readonly subject: string;
  /**
   * `note` means that a platform differs from the reference and ingestion handles it. `warning` means that it works but deserves
   * attention. `wrong` means that it does not work.
   */
  readonly state: 'ok' | 'note' | 'warning' | 'wrong';
  readonly found: string;
  /** What to do, or null if nothing is to be done. */
  readonly todo: string | null;
  /** Name of the quirk of a platform, e.g. `total-missing`. @default - the finding is about something else */
  readonly quirk?: string;
  /** What ingestion does about the quirk. */
  readonly handling?: string;
}

export const reportOk = (subject: string, found: string): Finding => ({ subject, state: 'ok', found, todo: null });

export const reportWarning = (subject: string, found: string, todo: string): Finding => ({
  subject,
  state: 'warning',
  found,
  todo,
});

export const reportWrong = (subject: string, found: string, todo: string): Finding => ({
  subject,
  state: 'wrong',
  found,
  todo,
});

/** Reports a quirk that ingestion handles. */
export const reportQuirk = (subject: string, quirk: string, found: string, handling: string): Finding => ({
  subject,
  state: 'note',
  found,
  todo: null,
  quirk,
  handling,
});

/** Reports a quirk that an administrator has to act upon. */
export const reportBadQuirk = (
  subject: string,
  quirk: string,
  state: 'warning' | 'wrong',
  found: string,
  handling: string,
  todo: string,
): Finding => ({ subject, state, found, todo, quirk, handling });

/**
 * Splits a message into what was found and what to do. The two are separated by a colon or by the end of a sentence.
 * @returns an empty `todo` if the message has one part only
 */
export function splitAdvice(message: string): { readonly found: string; readonly todo: string } {
  const [, found = message, todo = ''] = /^(.+?)(?:: |\. (?=[A-Z]))(.+)$/s.exec(message) ?? [];
  return { found, todo: todo.charAt(0).toLowerCase() + todo.slice(1) };
}
