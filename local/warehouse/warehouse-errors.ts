/** A query failed. The message says what is wrong and where. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** There is no lake in the folder. The message says what to do. */
export class LakeNotFoundError extends Error {
  override readonly name = 'LakeNotFoundError';
}
