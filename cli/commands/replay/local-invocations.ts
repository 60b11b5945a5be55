import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsClients, createAwsClients } from '../../../lambdas/aws/aws-clients.ts';
import type { Environment } from '../../../lambdas/aws/environment.ts';
import { systemEffects } from '../../../lambdas/common/effects.ts';
import { readClientSettings } from '../../../local/aws/client-settings.ts';
import { closeClients } from '../../../local/aws/close-clients.ts';
import { startLocalAws } from '../../../local/aws/local-aws.ts';
import { CommandError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import { requireLake } from '../existing-lake.ts';

/** Time limit of a Lambda function, milliseconds. */
const TIME_LIMIT = 15 * 60_000;

/** A killed replay keeps its lease for two minutes. */
const LEASE_TRIES = 30;
const LEASE_PAUSE = 5_000;

/** What an invocation on this machine works with. */
interface Invocation {
  readonly run: string;
  readonly timeLeft: () => number;
  readonly environment: Environment;
  readonly aws: AwsClients;
  readonly effects: typeof systemEffects;
  readonly continuation: number;
}

/** Invokes the code of the replay function on this machine, in the folder of an embedded AWS. */
export interface LocalInvocations {
  readonly environment: Environment;
  readonly aws: AwsClients;
  /** Whether the user has asked to stop. */
  readonly isInterrupted: () => boolean;
  /** Starts an invocation. @param continuation how often the same work was continued */
  create(continuation: number): Invocation;
  /** Invokes until the work is done. @param name what the work is called in messages */
  repeat<Summary extends { readonly outcome: 'done' | 'more' | 'lease_held' }>(
    name: string,
    invoke: (invocation: Invocation) => Promise<Summary>,
  ): Promise<Summary>;
}

/** @throws CommandError if nothing was ingested into the folder */
export async function withLocalInvocations<T>(
  { stderr }: Pick<Shell, 'stderr'>,
  folder: string,
  work: (invocations: LocalInvocations) => Promise<T>,
): Promise<T> {
  await requireLake(folder);
  const { environment, close } = await startLocalAws(folder, { secrets: {} });
  const aws = createAwsClients(readClientSettings(environment));
  let interrupted = false;
  const stop = () => {
    interrupted = true;
    stderr.write('stopping after this part (press Ctrl-C again to stop at once)\n');
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const create = (continuation: number): Invocation => {
    const deadline = performance.now() + TIME_LIMIT;
    const timeLeft = () => (interrupted ? 0 : deadline - performance.now());
    return { run: randomUUID(), timeLeft, environment, aws, effects: systemEffects, continuation };
  };
  try {
    return await work({
      environment,
      aws,
      create,
      isInterrupted: () => interrupted,
      repeat: async (name, invoke) => {
        for (let continuation = 0, tries = 0; ; ) {
          const summary = await invoke(create(continuation));
          if (summary.outcome === 'done') return summary;
          if (interrupted) throw new CommandError('stopped before the end. Repeat the command to continue');
          if (summary.outcome === 'more') continuation += 1;
          else if (++tries > LEASE_TRIES)
            throw new CommandError(`another ${name} is running. Try again when it has ended`);
          else await sleep(LEASE_PAUSE);
        }
      },
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await closeClients(aws);
    await close();
  }
}
