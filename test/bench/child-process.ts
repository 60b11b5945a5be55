import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A program in a separate process that answers messages with messages. */
export class BenchProcess {
  readonly #entry: string;
  readonly #child: ChildProcess;

  /**
   * @param entry file in `processes/`
   * @param input its `process.argv[2]`
   */
  constructor(entry: string, input: unknown, env: Readonly<Record<string, string>> = {}) {
    this.#entry = entry;
    this.#child = fork(new URL(`./processes/${entry}.ts`, import.meta.url), [JSON.stringify(input)], {
      env: { ...process.env, ...env },
    });
  }

  /** Its next message. @throws Error if it ends without one */
  async next<Message>(): Promise<Message> {
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`${this.#entry} ended with ${code}`);
    });
    const [message] = await Promise.race([once(this.#child, 'message'), ended]);
    return message as Message;
  }

  ask<Message>(question: unknown): Promise<Message> {
    const answer = this.next<Message>();
    this.#child.send(question as object);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}
