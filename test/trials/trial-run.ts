import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface RunOptions {
  readonly url: string;
  readonly folder: string;
  readonly since: string;
  readonly username: string;
  readonly password: string;
}

/** Slow enough for a run to be killed in the middle of its requests. */
const RATE = 25;

/** `ccaip run` as a user starts it, in a separate process. */
export class Run {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #output = '';

  constructor({ url, folder, since, username, password }: RunOptions) {
    const program = join(import.meta.dirname, '../../bin/ccaip.ts');
    const words = [
      'run',
      '--base-url',
      url,
      '--tenant',
      'trial',
      '--since',
      since,
      '--dir',
      folder,
      '--rate',
      `${RATE}`,
    ];
    this.#child = spawn(process.execPath, [program, ...words], {
      env: { ...process.env, CCAIP_USERNAME: username, CCAIP_PASSWORD: password },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text) => {
        this.#output += text;
      });
    this.#ended = once(this.#child, 'exit').then(([code]) => code ?? -1);
  }

  /** Waits until it has begun. @throws Error with its output if it ends before */
  async begins(hasBegun: () => boolean): Promise<void> {
    while (!hasBegun()) {
      if (this.#child.exitCode !== null) throw new Error(`the run ended before its first request: ${this.#output}`);
      await sleep(10);
    }
  }

  /** @returns false if it came to its end before */
  async killAfter(milliseconds: number): Promise<boolean> {
    await Promise.race([sleep(milliseconds), this.#ended]);
    const isAlive = this.#child.exitCode === null;
    this.#child.kill('SIGKILL');
    await this.#ended;
    return isAlive;
  }

  /** Lets it come to its end. */
  async end(): Promise<{ code: number; life: number }> {
    const started = performance.now();
    const code = await this.#ended;
    if (code !== 0) console.log(this.#output);
    return { code, life: performance.now() - started };
  }
}
