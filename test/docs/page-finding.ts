/** Something that a check does not accept, and its place. */
export interface Finding {
  /** Line of the text, from 1. */
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Line of a position in a text, from 1. */
export const findLine = (text: string, index: number): number => text.slice(0, index).split('\n').length;
