import { Command, Option } from 'commander';
import pMap from 'p-map';
import type { Endpoint } from '../../catalog/index.ts';
import { QUEUE_KINDS, type QueueKind } from '../../lib/configuration/resource-names.ts';
import type { QueueContent, Replay } from '../deployment/dead-letter-queues.ts';
import { count } from '../terminal/counting.ts';
import { SilentFailure } from '../terminal/failure.ts';
import { toPrintable } from '../terminal/printable.ts';
import type { Shell } from '../terminal/shell.ts';
import { formatTable } from '../terminal/text-table.ts';
import {
  createDeploymentOptions,
  createJsonOption,
  type DeploymentOptions,
  selectDeployment,
} from './common-options.ts';
import { addEndpoint, selectEndpoints } from './endpoint-names.ts';

interface QueueOptions extends DeploymentOptions {
  readonly endpoint?: readonly Endpoint[];
  readonly kind?: QueueKind;
  readonly json?: true;
}

const HELP = `
Each endpoint has two dead-letter queues. "failed" holds events whose function failed three times.
"undelivered" holds events that the scheduler could not deliver. Both queues keep an event for 14 days.`;

const REPLAY_HELP = `
First find out why the events failed, with ccaip dlq list and ccaip doctor --deployment.
An event leaves its queue only after Lambda has accepted it. An event that fails again returns to its queue.
Events that differ only in their nominal time are sent once, because a run reads everything since the cursor.

Examples:
  $ ccaip dlq replay --region eu-central-1
  $ ccaip dlq replay --endpoint call --kind failed --profile prod --json`;

const SIDE_BY_SIDE = { concurrency: 4 };

export function createDlqCommand(shell: Shell): Command {
  const command = new Command('dlq')
    .summary('list and resend the events in the dead-letter queues')
    .description('Lists and replays the events in the dead-letter queues of a deployment.')
    .addHelpText('after', HELP);
  const list = queueCommand('list', 'list the events in the queues', 'print a JSON array with one object per queue');
  const again = queueCommand(
    'replay',
    'send the events to their functions again',
    'print a JSON array with one object per endpoint',
  );
  command.addCommand(
    list
      .addHelpText('after', '\nExamples:\n  $ ccaip dlq list --region eu-central-1\n  $ ccaip dlq list --json')
      .action((options: QueueOptions) => listQueues(shell, options)),
  );
  command.addCommand(
    again.addHelpText('after', REPLAY_HELP).action((options: QueueOptions) => replayQueues(shell, options)),
  );
  return command;
}

function queueCommand(name: string, description: string, json: string): Command {
  const command = new Command(name)
    .description(`${description.charAt(0).toUpperCase()}${description.slice(1)}.`)
    .summary(description)
    .addOption(new Option('--endpoint <name>', 'only this endpoint; can be repeated').argParser(addEndpoint))
    .addOption(new Option('--kind <kind>', 'only this kind').choices(QUEUE_KINDS));
  for (const option of createDeploymentOptions()) command.addOption(option);
  return command.addOption(createJsonOption(json));
}

async function listQueues(shell: Shell, options: QueueOptions): Promise<void> {
  const [{ withDeployment }, { peekQueues }] = await modules();
  const queues = selectEndpoints(options.endpoint).flatMap(({ name }) =>
    kindsOf(options).map((kind) => ({ name, kind })),
  );
  const contents = await withDeployment(shell, selectDeployment(options), (deployment) =>
    pMap(queues, ({ name, kind }) => peekQueues(deployment, name, kind), SIDE_BY_SIDE),
  );
  shell.stdout.write(options.json ? `${JSON.stringify(contents, null, 2)}\n` : listOf(contents));
}

function listOf(contents: readonly QueueContent[]): string {
  const full = contents.filter(({ messages }) => messages > 0);
  if (full.length === 0) return `all ${contents.length} dead-letter queues are empty\n`;
  const rows = full.flatMap(({ endpoint, kind, messages, events }) =>
    (events.length === 0 ? [{ tenant: null, scheduledTime: null, reason: '' }] : events).map((event, i) => [
      endpoint,
      kind,
      i === 0 ? messages : '',
      event.tenant ?? '?',
      event.scheduledTime ?? '?',
      event.reason,
    ]),
  );
  return formatTable(['endpoint', 'queue', 'events', 'tenant', 'nominal time', 'reason'], rows);
}

async function replayQueues(shell: Shell, options: QueueOptions): Promise<void> {
  const [{ withDeployment }, { replay }] = await modules();
  const started = shell.now();
  await withDeployment(shell, selectDeployment(options), async (deployment) => {
    const outcomes = await pMap(
      selectEndpoints(options.endpoint),
      ({ name }) =>
        replay(deployment, name, kindsOf(options), started).then(
          (done) => ({ done }),
          (error: unknown) => ({ error }),
        ),
      SIDE_BY_SIDE,
    );
    const failed = outcomes.find((outcome) => 'error' in outcome);
    const replays = outcomes.flatMap((outcome) => ('done' in outcome ? [outcome.done] : []));
    // report the queues that succeeded even if one failed
    if (failed === undefined || replays.some(({ events }) => events > 0)) report(shell, replays, options);
    if (failed !== undefined) throw failed.error;
    if (replays.some(({ left }) => left > 0)) throw new SilentFailure();
  });
}

function report({ stdout, stderr }: Shell, replays: readonly Replay[], { json }: QueueOptions): void {
  const found = replays.filter(({ events }) => events > 0);
  stdout.write(json ? `${JSON.stringify(replays, null, 2)}\n` : outcomeOf(found));
  for (const { endpoint, problems } of replays)
    for (const problem of problems) stderr.write(toPrintable(`ccaip: ${endpoint}: ${problem}\n`));
}

function outcomeOf(found: readonly Replay[]): string {
  if (found.length === 0) return 'nothing to send, because the dead-letter queues are empty\n';
  return found
    .map(({ endpoint, events, started, left }) => {
      const rest = left === 0 ? '' : `, ${count(left, 'event stays', 'events stay')} in the queue`;
      return `${endpoint}: ${count(events, 'event')}, ${count(started, 'run')} started${rest}\n`;
    })
    .join('');
}

const kindsOf = ({ kind }: QueueOptions): readonly QueueKind[] => (kind === undefined ? QUEUE_KINDS : [kind]);

// loads the clients of seven AWS services only when they are needed
const modules = () =>
  Promise.all([import('../deployment/deployment.ts'), import('../deployment/dead-letter-queues.ts')]);
