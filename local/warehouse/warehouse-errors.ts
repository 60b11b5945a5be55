/** A query could not be answered; the message is one sentence that says what is wrong and where. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** There is no lake in the folder; the message says what to do. */
export class LakeNotFoundError extends Error {
  override readonly name = 'LakeNotFoundError';
}
