const limits = new WeakMap<AbortSignal, number>();

/**
 * Replaces `AbortSignal.timeout`, whose timers run in real time: the signal only remembers its limit, and the platform
 * keeps it in virtual time.
 */
export function useVirtualTimeouts(): void {
  AbortSignal.timeout = (milliseconds) => {
    const { signal } = new AbortController();
    limits.set(signal, milliseconds);
    return signal;
  };
}

/** The limit of a request in milliseconds. @throws Error if it has none: every request needs one */
export function timeoutOf(signal: AbortSignal | null | undefined): number {
  const limit = signal ? limits.get(signal) : undefined;
  if (limit === undefined) throw new Error('a request without a time limit');
  return limit;
}
