import { MultiBar } from 'cli-progress';
import type { Shell } from './shell.ts';

/** A piece of work with visible progress. */
export interface Step {
  /** @param fraction 0 to 1 */
  update(fraction: number, note: string): void;
  done(note: string): void;
}

/** Shows progress: bars on a terminal, otherwise a line for each finished piece of work. */
export interface Progress {
  /** True if updates are shown. If false, do not compute them. */
  readonly live: boolean;
  step(label: string): Step;
  stop(): void;
}

const LABEL_WIDTH = 22;

export function createProgress(stream: Shell['stderr']): Progress {
  return stream.isTTY ? bars(stream) : lines(stream);
}

function bars(stream: Shell['stderr']): Progress {
  const multi = new MultiBar({
    stream,
    format: '  {label} {bar} {percentage}%  {note}',
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    gracefulExit: false,
  });
  return {
    live: true,
    step(label) {
      const bar = multi.create(100, 0, { label: label.padEnd(LABEL_WIDTH), note: '' });
      return {
        update: (fraction, note) => bar.update(Math.min(99, Math.floor(fraction * 100)), { note }),
        done: (note) => bar.update(100, { note }),
      };
    },
    stop: () => multi.stop(),
  };
}

function lines(stream: Shell['stderr']): Progress {
  return {
    live: false,
    step: (label) => ({
      update: () => undefined,
      done: (note) => stream.write(`  ${label.padEnd(LABEL_WIDTH)} ${note}\n`),
    }),
    stop: () => undefined,
  };
}
