import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { close, listen } from './fake-platform.ts';

/** A proxy that lets connections through with `CONNECT`, as companies run them. */
export interface ForwardProxy {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** What connections were asked for, each `<host>:<port>`. */
  readonly targets: string[];
  readonly close: () => Promise<void>;
}

interface ForwardProxyOptions {
  /** User name and password, `<user>:<password>`. @default - everyone may use it */
  readonly credential?: string;
  /** Port on this machine to which every connection is led. @default - all are refused */
  readonly port?: number;
}

/** Starts a proxy on a free port. Whatever name is asked for, connections end at one port of this machine. */
export async function startForwardProxy({ credential, port }: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const targets: string[] = [];
  const expected = credential === undefined ? undefined : `Basic ${btoa(credential)}`;
  const server = createServer((_request, response) => void response.writeHead(405).end());
  server.on('connect', ({ url, headers }, socket) => {
    targets.push(url ?? '');
    socket.on('error', () => undefined);
    if (expected !== undefined && headers['proxy-authorization'] !== expected)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    if (port === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const far = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => socket.destroy());
    socket.on('close', () => far.destroy());
  });
  await listen(server);
  const { port: own } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${own}`, targets, close: () => close(server) };
}
