/** The effects that the code depends on. They are passed in, so that tests and simulations can replace them. */
export interface Effects {
  /** Milliseconds since the epoch (UTC). */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Pauses a computation, so that due requests can be sent. */
  readonly breathe: () => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly fetch: typeof fetch;
}

/** Whether an environment names a proxy for requests. */
export const hasProxySettings = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].some((name) => Boolean(environment[name]));

export const systemEffects: Effects = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  random: Math.random,
  fetch: (input, init) => fetch(input, init),
};
