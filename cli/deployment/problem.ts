import { CommandError } from '../terminal/failure.ts';

/** Where a request to AWS was sent. */
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

/** Turns an error of AWS or its SDK into a message that says what to do. Returns any other error unchanged. */
export function describeProblem(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || error instanceof CommandError) return error;
  const sentence = describeError(error, place);
  return sentence === undefined ? error : new CommandError(sentence, { cause: error });
}

function describeError({ name, message }: Error, { deployment, region, profile }: Place): string | undefined {
  const where = `${region === undefined ? '' : ` in ${region}`}${profile === undefined ? '' : ` with profile ${profile}`}`;
  if (name === 'CredentialsProviderError' || /Could not load credentials/.test(message))
    return profile === undefined
      ? 'no AWS credentials were found. Sign in (aws sso login, aws configure), set AWS_PROFILE or give --profile'
      : `profile ${profile} has no AWS credentials. Check its name in ~/.aws/config, or sign in with aws sso login --profile ${profile}`;
  if (/Region (is missing|not accepted)/.test(message))
    return 'no AWS region is known. Give --region, or set AWS_REGION or the region of the profile';
  if (REFUSED.has(name))
    return `AWS refused the credentials${where} (${name}). Sign in again or choose another --profile`;
  if (/^AccessDenied|UnauthorizedOperation/.test(name))
    return `the AWS credentials${where} lack a permission: ${firstLine(message)}`;
  if (/Stack with id .* does not exist/.test(message))
    return `there is no stack ${deployment}${where}. Give --deployment (ccaip.name in cdk.json), --region and --profile of the deployment, or deploy it first`;
  if (/QueueDoesNotExist|NonExistentQueue/.test(name))
    return `deployment ${deployment}${where} has no such dead-letter queue. Check --deployment, --region and --profile, or deploy it again`;
  if (name === 'StateMachineDoesNotExist')
    return `deployment ${deployment}${where} has no such state machine. Deploy it again`;
  if (UNREACHABLE.test(`${name} ${message}`))
    return `AWS cannot be reached${where} (${firstLine(message)}). Check the region and the network`;
  return undefined;
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
