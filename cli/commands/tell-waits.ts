import { onWait } from '../../lambdas/platform/waits.ts';

/**
 * Tells each wait of the running functions once, however many of them it holds up.
 * @returns ends it
 */
export function tellWaits(note: (sentence: string) => void): () => void {
  const told = new Set<string>();
  return onWait((sentence) => {
    if (told.has(sentence)) return;
    told.add(sentence);
    note(sentence);
  });
}
