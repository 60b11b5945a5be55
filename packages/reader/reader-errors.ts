/**
 * An invalid request to the reader, or an invalid item.
 *
 * @example
 * ```ts
 * if (error instanceof ReaderError) console.error(error.message); // all errors of the reader itself
 * ```
 */
export class ReaderError extends Error {
  override readonly name: string = 'ReaderError';
}

/**
 * An item of the metrics table that violates the contract. The message names the item and the attribute.
 *
 * @example
 * ```ts
 * if (error instanceof InvalidItemError) await report(error.message); // a newer contract, or a foreign item
 * ```
 */
export class InvalidItemError extends ReaderError {
  override readonly name = 'InvalidItemError';
}

/**
 * An invalid time, day or range.
 *
 * @example
 * ```ts
 * if (error instanceof InvalidRangeError) return badRequest(error.message);
 * ```
 */
export class InvalidRangeError extends ReaderError {
  override readonly name = 'InvalidRangeError';
}
