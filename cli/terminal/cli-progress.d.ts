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
    /** Bars that are longer than the terminal is wide are cut instead of wrapped. */
    linewrap: boolean;
    /** Registers handlers of SIGINT and SIGTERM of its own. */
    gracefulExit: boolean;
  }

  export class MultiBar {
    constructor(options: Partial<MultiBarOptions>);
    create(total: number, value: number, payload: Record<string, unknown>): Bar;
    stop(): void;
  }
}
