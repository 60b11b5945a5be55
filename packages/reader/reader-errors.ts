/** An invalid request to the reader, or an invalid item. */
export class ReaderError extends Error {
  override readonly name: string = 'ReaderError';
}

/** An item of the metrics table that violates the contract. The message names the item and the attribute. */
export class InvalidItemError extends ReaderError {
  override readonly name = 'InvalidItemError';
}

/** An invalid time, day or range. */
export class InvalidRangeError extends ReaderError {
  override readonly name = 'InvalidRangeError';
}
