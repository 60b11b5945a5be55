/** Why a run failed. Decides whether it is retried and who must act. */
export type FailureReason = 'configuration' | 'credential' | 'transient' | 'rate_limited' | 'contract' | 'lease_held';

/** Base of all expected failures. The message is one sentence for the operator and never holds personal data. */
export abstract class IngestError extends Error {
  abstract readonly reason: FailureReason;
}

/** Something that the operator must fix: credential, address, permission or input. */
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

/** The API or an AWS service failed in a way that may pass; the next run continues from the last committed batch. */
export class TransientError extends IngestError {
  override readonly name = 'TransientError';
  readonly reason = 'transient';
}

/**
 * One request that the platform fails to answer, although it may answer others: a server error, a time-out, an undecodable
 * body. Requests for fewer records can find the record that causes it.
 */
export class UnreadableError extends TransientError {}

/** The answer to one request exceeds the maximum number of bytes. A request for fewer records may fit. */
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

/** Another run of the same tenant and endpoint holds the lease, or took it over from this run. */
export class LeaseHeldError extends IngestError {
  override readonly name = 'LeaseHeldError';
  readonly reason = 'lease_held';
}
