/** Number of times a run that is far behind continues immediately; after that the next scheduled run continues. */
const MAX_CONTINUATIONS = 100;

/**
 * Starts the function again with the same event, because its time was up before it had caught up.
 * @returns false if it has already been continued the maximum number of times
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
