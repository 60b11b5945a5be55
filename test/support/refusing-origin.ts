import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/**
 * An origin that refuses every connection for as long as it is held: its port is the near end of an open connection, so that no
 * other process can take it and listen there.
 */
export async function holdRefusingOrigin(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [[far], near] = await Promise.all([once(server, 'connection'), connected(port)]);
  return {
    origin: `http://127.0.0.1:${near.localPort}`,
    close: async () => {
      near.destroy();
      far.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function connected(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}
