/** A function ends after 15 minutes. The state machine stops waiting for its answer a little later. */
export const RUN_SECONDS = 16 * 60;

/** Lambda is busy or lost the answer. */
export const BUSY = {
  ErrorEquals: [
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 5,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
};

/** The platform or an AWS service failed, or the rate was used up. Earlier commits remain. */
export const PASSING = {
  ErrorEquals: ['TransientError', 'RateLimitedError', 'States.Timeout'],
  IntervalSeconds: 30,
  MaxAttempts: 20,
  BackoffRate: 2,
  MaxDelaySeconds: 900,
  JitterStrategy: 'FULL',
};

/** Errors that need an operator. A retry would not help. */
export const LASTING = { ErrorEquals: ['ConfigurationError', 'CredentialError'], MaxAttempts: 0 };

/** An answer that cannot be trusted, or a killed function. */
export const UNEXPECTED = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 30,
  MaxAttempts: 2,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};
