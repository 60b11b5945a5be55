/** What an examination found about one thing. */
export interface Finding {
  /** What was looked at, e.g. `/calls` or `secret ccaip/acme`. */
  readonly subject: string;
  /** `warning`: it works, but somebody should know; `wrong`: it does not. */
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly found: string;
  /** What to do about it; null if nothing. */
  readonly todo: string | null;
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
