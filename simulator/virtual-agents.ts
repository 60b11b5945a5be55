/** A virtual agent of the centre. */
export interface VirtualAgent {
  readonly id: number;
  readonly name: string;
}

/** The virtual agents by what they do. */
export const VIRTUAL_AGENTS = {
  /** Talks to callers before they enter a queue. */
  reception: { id: 1, name: 'Juno' },
  /** Talks to callers while they wait in a queue. */
  waiting: { id: 2, name: 'Iris' },
  /** Asks for a rating after the conversation. */
  survey: { id: 3, name: 'Vesta' },
} as const satisfies Readonly<Record<string, VirtualAgent>>;
