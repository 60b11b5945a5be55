import { onWait } from '../../lambdas/platform/waits.ts';

/**
 * Prints each wait of the running functions once, even if several of them wait.
 * @returns a function that ends the subscription
 */
export function tellWaits(note: (sentence: string) => void): () => void {
  const told = new Set<string>();
  return onWait((sentence) => {
    if (told.has(sentence)) return;
    told.add(sentence);
    note(sentence);
  });
}
