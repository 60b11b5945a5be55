/** Result of one check. */
export interface Finding {
  /** The thing that was checked, e.g. `/calls` or `secret ccaip/acme`. */
  readonly subject: string;
  /** `warning` means that it works but deserves attention. `wrong` means that it does not work. */
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly found: string;
  /** What to do, or null if nothing is to be done. */
  readonly todo: string | null;
}

export const reportOk = (subject: string, found: string): Finding => ({ subject, state: 'ok', found, todo: null });

export const reportWarning = (subject: string, found: string, todo: string): Finding => ({
  subject,
  state: 'warning',
  found,
  todo,
});

/**
 * Splits a message into what was found and what to do. The two are separated by a colon or by the end of a sentence.
 * @returns an empty `todo` if the message has one part only
 */
export function splitAdvice(message: string): { readonly found: string; readonly todo: string } {
  const [, found = message, todo = ''] = /^(.+?)(?:: |\. (?=[A-Z]))(.+)$/s.exec(message) ?? [];
  return { found, todo: todo.charAt(0).toLowerCase() + todo.slice(1) };
}

export const reportWrong = (subject: string, found: string, todo: string): Finding => ({
  subject,
  state: 'wrong',
  found,
  todo,
});
