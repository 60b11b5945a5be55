import { hash, randomUUID } from 'node:crypto';
import type { Row } from './fake-platform.ts';

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  visibleAt: number;
  receipt: string;
}

/** SQS standard queues as far as receiving goes: receipts, visibility, at least once. */
export class Queues {
  readonly #queues = new Map<string, Stored[]>();
  readonly #url: () => string;
  readonly #clock: () => number;

  /** @param now time at which everything happens, or a clock, milliseconds since the epoch */
  constructor(url: () => string, now: number | (() => number)) {
    this.#url = url;
    this.#clock = typeof now === 'number' ? () => now : now;
  }

  get #now(): number {
    return this.#clock();
  }

  create(name: string): void {
    this.#queues.set(name, []);
  }

  send(name: string, body: string, attributes: Readonly<Record<string, string>> = {}, sentAt = this.#now - 60_000) {
    this.#of(name).push({ id: randomUUID(), body, sentAt, attributes, visibleAt: 0, receipt: '' });
  }

  /** Bodies of what is in a queue, hidden or not. */
  bodies = (name: string): string[] => this.#of(name).map(({ body }) => body);
  /** How many anybody could receive now. */
  visible = (name: string): number => this.#of(name).filter(({ visibleAt }) => visibleAt <= this.#now).length;

  /** Time passes until everything can be received again. */
  reappear(): void {
    for (const message of [...this.#queues.values()].flat()) message.visibleAt = 0;
  }

  /** @returns the answer, or undefined if the queue does not exist */
  answer(operation: string, input: Row): Row | undefined {
    const name =
      String(input.QueueName ?? input.QueueUrl)
        .split('/')
        .at(-1) ?? '';
    const queue = this.#queues.get(name);
    if (queue === undefined) return undefined;
    const holding = () => queue.find(({ receipt }) => receipt !== '' && receipt === input.ReceiptHandle);
    switch (operation) {
      case 'GetQueueUrl':
        return { QueueUrl: `${this.#url()}/000000000000/${name}` };
      case 'GetQueueAttributes': {
        const visible = this.visible(name);
        return {
          Attributes: {
            ApproximateNumberOfMessages: String(visible),
            ApproximateNumberOfMessagesNotVisible: String(queue.length - visible),
          },
        };
      }
      case 'ReceiveMessage':
        return { Messages: this.#receive(queue, Number(input.MaxNumberOfMessages), Number(input.VisibilityTimeout)) };
      case 'DeleteMessage': {
        const held = holding();
        if (held !== undefined) queue.splice(queue.indexOf(held), 1);
        return {};
      }
      case 'ChangeMessageVisibility': {
        const held = holding();
        if (held !== undefined) held.visibleAt = this.#now + Number(input.VisibilityTimeout) * 1000;
        return {};
      }
      default:
        throw new Error(`no operation ${operation}`);
    }
  }

  #of(name: string): Stored[] {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new Error(`no queue ${name}`);
    return queue;
  }

  #receive(queue: readonly Stored[], most: number, hidden: number): Row[] {
    const taken = queue.filter(({ visibleAt }) => visibleAt <= this.#now).slice(0, most);
    return taken.map((message) => {
      message.receipt = randomUUID();
      message.visibleAt = this.#now + hidden * 1000;
      return {
        MessageId: message.id,
        ReceiptHandle: message.receipt,
        Body: message.body,
        MD5OfBody: hash('md5', message.body, 'hex'),
        Attributes: { SentTimestamp: String(message.sentAt) },
        MessageAttributes: Object.fromEntries(
          Object.entries(message.attributes).map(([key, value]) => [key, { StringValue: value, DataType: 'String' }]),
        ),
      };
    });
  }
}
