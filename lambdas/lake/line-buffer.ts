const LINE_FEED = 0x0a;

/** Bytes. */
const CHUNK_SIZE = 65_536;

/** Maximum number of bytes in UTF-8 of each unit of a JavaScript string. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * The content of an object, before it is compressed: UTF-8, one JSON object per line. A line is encoded when it is added, so the texts of
 * a batch are not kept.
 */
export class LineBuffer {
  readonly #full: Uint8Array[] = [];
  #chunk = Buffer.allocUnsafeSlow(CHUNK_SIZE);
  #length = 0;
  #lines = 0;

  add(line: string): void {
    const most = line.length * MAX_BYTES_PER_UNIT + 1;
    // counting the bytes of every line would take as long as writing them
    if (this.#length + most > this.#chunk.length)
      this.#startChunk(most > CHUNK_SIZE ? Buffer.byteLength(line) + 1 : CHUNK_SIZE);
    this.#length += this.#chunk.write(line, this.#length);
    this.#chunk[this.#length++] = LINE_FEED;
    this.#lines++;
  }

  /** Number of lines. */
  get lines(): number {
    return this.#lines;
  }

  /** All lines so far. */
  toBytes(): Uint8Array {
    return Buffer.concat([...this.#full, this.#chunk.subarray(0, this.#length)]);
  }

  #startChunk(size: number): void {
    this.#full.push(this.#chunk.subarray(0, this.#length));
    this.#chunk = Buffer.allocUnsafeSlow(size);
    this.#length = 0;
  }
}
