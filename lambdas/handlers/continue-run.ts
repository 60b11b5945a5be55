/** A run far behind goes on at once so many times; then the next schedule takes over. */
const MAX_CONTINUATIONS = 100;

/**
 * Starts the function again with the same event, because its time was up before it had caught up.
 * @returns false if it was continued often enough already
 */
export async function continueRun(
  functionArn: string,
  event: { readonly continuation?: number | undefined },
): Promise<boolean> {
  const continuation = (event.continuation ?? 0) + 1;
  if (continuation > MAX_CONTINUATIONS) return false;
  // rarely needed: not loaded on a cold start
  const { invokeAgain } = await import('#invoke-again');
  await invokeAgain(functionArn, { ...event, continuation });
  return true;
}
