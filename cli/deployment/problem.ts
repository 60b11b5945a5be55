import { CommandError } from '../terminal/failure.ts';

/** Where a request to AWS was meant to go. */
interface Place {
  readonly deployment: string;
  /** As given on the command line. */
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

const REFUSED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const UNREACHABLE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|TimeoutError/;

/** What AWS or its SDK complained about, as one sentence that says what to do; any other error as it is. */
export function describeProblem(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || error instanceof CommandError) return error;
  const sentence = describeError(error, place);
  return sentence === undefined ? error : new CommandError(sentence, { cause: error });
}

function describeError({ name, message }: Error, { deployment, region, profile }: Place): string | undefined {
  const where = `${region === undefined ? '' : ` in ${region}`}${profile === undefined ? '' : ` with profile ${profile}`}`;
  if (name === 'CredentialsProviderError' || /Could not load credentials/.test(message))
    return profile === undefined
      ? 'no AWS credentials were found: sign in (aws sso login, aws configure), set AWS_PROFILE or give --profile'
      : `profile ${profile} gives no AWS credentials: check its name in ~/.aws/config, or sign in with aws sso login --profile ${profile}`;
  if (/Region (is missing|not accepted)/.test(message))
    return 'no AWS region is known: give --region, or set AWS_REGION or the region of the profile';
  if (REFUSED.has(name))
    return `AWS refused the credentials${where} (${name}): sign in again or choose another --profile`;
  if (/^AccessDenied|UnauthorizedOperation/.test(name))
    return `the AWS credentials${where} may not do this: ${firstLine(message)}`;
  if (/Stack with id .* does not exist/.test(message))
    return `there is no stack ${deployment}${where}: give --deployment (ccaip.name in cdk.json), --region and --profile of the deployment, or deploy it first`;
  if (/QueueDoesNotExist|NonExistentQueue/.test(name))
    return `deployment ${deployment}${where} lacks a dead-letter queue: check --deployment, --region and --profile, or deploy it again`;
  if (name === 'StateMachineDoesNotExist')
    return `deployment ${deployment}${where} lacks its state machine of backfills: deploy it again`;
  if (UNREACHABLE.test(`${name} ${message}`))
    return `AWS cannot be reached${where} (${firstLine(message)}): check the region and the network`;
  return undefined;
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
