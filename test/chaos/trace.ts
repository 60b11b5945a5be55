/** How many of the last steps a failure shows. */
const KEPT = 60;

/** What happened, step by step: a hash over everything, the last steps as text. */
export class Trace {
  #hash = 0x811c9dc5;
  #steps = 0;
  readonly #recent: string[] = [];
  readonly #print: ((line: string) => void) | undefined;

  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  add(time: number, text: string): void {
    const line = `${time} ${text}`;
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    this.#steps += 1;
    this.#recent.push(line);
    if (this.#recent.length > 2 * KEPT) this.#recent.splice(0, KEPT);
    this.#print?.(readable(line));
  }

  get steps(): number {
    return this.#steps;
  }

  /** Equal for equal runs. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  last(): string[] {
    return this.#recent.slice(-KEPT).map(readable);
  }
}

// times are formatted only if they are read
const readable = (line: string) => line.replace(/^\d+/, (time) => new Date(Number(time)).toISOString().slice(11));
