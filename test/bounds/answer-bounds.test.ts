import { createGzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OversizedAnswerError } from '../../lambdas/common/errors.ts';
import { MAX_ANSWER_BYTES } from '../../lambdas/platform/answer-body.ts';
import { clientFor } from '../platform/client-setup.ts';
import type { Answer } from '../support/canned-answers.ts';

/** An array with a number of bytes, most of them spaces. */
const arrayOf = (bytes: number) => `[{"id":1}${' '.repeat(bytes - 10)}]`;

/** Sends gzip of a number of megabytes without having them in memory. */
const gzipBomb =
  (megabytes: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const gzip = createGzip({ level: 1 });
    gzip.pipe(response);
    const megabyte = Buffer.alloc(1_000_000, ' ');
    let left = megabytes;
    const write = () => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        if (!gzip.write(megabyte)) return void gzip.once('drain', write);
      }
      gzip.end();
    };
    response.on('error', () => undefined);
    write();
  };

describe('an answer', () => {
  it.each([0.9, 1])('of %d times as many bytes as are read is a page', async (share) => {
    const { client } = await clientFor([(_request, response) => response.end(arrayOf(share * MAX_ANSWER_BYTES))]);
    expect((await client.page('/calls', {})).rows).toHaveLength(1);
  });

  it('of one byte more is too large, and is asked for once', async () => {
    const { client } = await clientFor([(_request, response) => response.end(arrayOf(MAX_ANSWER_BYTES + 1))]);
    await expect(client.page('/calls', {})).rejects.toBeInstanceOf(OversizedAnswerError);
    expect(client.requests).toBe(1);
  });

  it('whose gzip unpacks to 100 times as many bytes is too large, and is not unpacked', async () => {
    const { client } = await clientFor([gzipBomb(1_000)]);
    const before = process.memoryUsage().rss;
    await expect(client.page('/calls', {})).rejects.toBeInstanceOf(OversizedAnswerError);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  });

  it('without end is too large, and its connection is closed', async () => {
    let hasClosed: (value: unknown) => void = () => undefined;
    const closed = new Promise((resolve) => {
      hasClosed = resolve;
    });
    const endless: Answer = (_request, response) => {
      response.on('close', () => hasClosed(undefined));
      const kilobytes = Buffer.alloc(100_000, ' ');
      const write = () => {
        while (!response.destroyed) if (!response.write(kilobytes)) return void response.once('drain', write);
      };
      write();
    };
    const { client } = await clientFor([endless]);
    await expect(client.page('/calls', {})).rejects.toBeInstanceOf(OversizedAnswerError);
    await closed;
  });
});
