/** Why a run failed; decides whether it is retried and who has to act. */
export type FailureReason = 'configuration' | 'credential' | 'transient' | 'rate_limited' | 'contract' | 'lease_held';

/** Base of all expected failures. The message is one sentence for the operator and never holds personal data. */
export abstract class IngestError extends Error {
  abstract readonly reason: FailureReason;
}

/** Something the operator has to set right: credential, address, permission, input. */
export class ConfigurationError extends IngestError {
  override readonly name: string = 'ConfigurationError';
  readonly reason: 'configuration' | 'credential' = 'configuration';
  /** The HTTP status with which the platform refused a whole collection. @default - it is about something else */
  readonly refusedWith: number | undefined;

  constructor(message: string, refusedWith?: number) {
    super(message);
    this.refusedWith = refusedWith;
  }
}

/** The tenant's credential is missing, refused or not allowed to read something. */
export class CredentialError extends ConfigurationError {
  override readonly name = 'CredentialError';
  override readonly reason = 'credential';
}

/** The API or an AWS service failed in a way that may pass; the next run goes on from the last committed batch. */
export class TransientError extends IngestError {
  override readonly name = 'TransientError';
  readonly reason = 'transient';
}

/**
 * One request that the platform fails to answer, although it may answer others: a server error, a time-out, a body that cannot be
 * read. Which record is to blame can be found by asking for less.
 */
export class UnreadableError extends TransientError {}

/** The answer to one request has more bytes than are read: fewer records may fit. */
export class OversizedAnswerError extends UnreadableError {}

/** The tenant's request rate is used up and did not recover in time. */
export class RateLimitedError extends IngestError {
  override readonly name = 'RateLimitedError';
  readonly reason = 'rate_limited';
}

/** The API answered something that cannot be trusted; nothing of that answer is committed. */
export class ContractError extends IngestError {
  override readonly name = 'ContractError';
  readonly reason = 'contract';
}

/** The platform refuses this one request (400, 413, 414, 422...), e.g. a page that is too deep. */
export class RefusedRequestError extends ContractError {}

/** Another run of the same tenant and endpoint is at work, or took over from this one. */
export class LeaseHeldError extends IngestError {
  override readonly name = 'LeaseHeldError';
  readonly reason = 'lease_held';
}
