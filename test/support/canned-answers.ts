import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { close, listen } from './fake-platform.ts';

/** How a server answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as it is told. */
export interface AnsweringServer {
  readonly origin: string;
  readonly requests: IncomingMessage[];
  readonly close: () => Promise<void>;
}

/** Serves the answers one after the other; the last one repeats. */
export async function serveAnswers(...answers: Answer[]): Promise<AnsweringServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request);
    answer?.(request, response);
  });
  return { origin: await listen(server), requests, close: () => close(server) };
}

/** A page of rows, with further headers if need be. */
export const rows =
  (page: readonly unknown[], headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.setHeaders(new Map(Object.entries(headers))).end(JSON.stringify(page));

export const status =
  (code: number, headers: Record<string, string> = {}, body = '{"message":"no"}'): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end(body);

export const text =
  (body: string): Answer =>
  (_request, response) =>
    response.end(body);

/** Ends the connection in the middle of the body. */
export const droppedBody: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('[{"id":1},');
  setImmediate(() => response.destroy());
};

/** Ends the connection without an answer. */
export const droppedConnection: Answer = (request) => request.socket.destroy();

export const noAnswer: Answer = () => undefined;

/** Sends the start of an answer and then nothing. */
export const stalledBody: Answer = (_request, response) => {
  response.writeHead(200).write('[');
};
