/** What is wrong with a request to the reader, or with an item it found. */
export class ReaderError extends Error {
  override readonly name: string = 'ReaderError';
}

/** An item of the metrics table that is not what the contract says; the message names the item and the attribute. */
export class InvalidItemError extends ReaderError {
  override readonly name = 'InvalidItemError';
}

/** A time, day or range that makes no sense. */
export class InvalidRangeError extends ReaderError {
  override readonly name = 'InvalidRangeError';
}
