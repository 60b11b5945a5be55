declare module 'cli-progress' {
  interface Bar {
    update(value: number, payload?: Record<string, unknown>): void;
  }

  interface MultiBarOptions {
    stream: NodeJS.WritableStream;
    format: string;
    hideCursor: boolean;
    barCompleteChar: string;
    barIncompleteChar: string;
    barsize: number;
    /** Cuts bars at the width of the terminal instead of wrapping them. */
    linewrap: boolean;
    /** Registers its own handlers of SIGINT and SIGTERM. */
    gracefulExit: boolean;
  }

  export class MultiBar {
    constructor(options: Partial<MultiBarOptions>);
    create(total: number, value: number, payload: Record<string, unknown>): Bar;
    stop(): void;
  }
}
