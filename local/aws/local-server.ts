import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server that listens on a free port of this machine only. */
export interface LocalServer {
  readonly url: string;
  /** Closes it without waiting for idle or hanging connections. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1. */
export async function listenLocally(server: Server): Promise<LocalServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
