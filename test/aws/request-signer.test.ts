import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestSigner } from '../../lambdas/aws/request-signer.ts';

class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }
  update(data: Uint8Array | string) {
    this.#hash.update(data);
  }
  digest = async () => new Uint8Array(this.#hash.digest());
  reset() {}
}

const text = fc.string({ minLength: 1, maxLength: 40 });
const credentials = fc.record({
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
  secretAccessKey: text,
  sessionToken: fc.option(fc.base64String({ minLength: 4, maxLength: 60 }), { nil: undefined }),
});
const dates = fc.date({
  min: new Date('2020-01-01'),
  max: new Date('2060-01-01'),
  noInvalidDate: true,
});

describe('a signed request', () => {
  it('is the one that the signer of AWS makes, whatever the body, the credentials and the time', async () => {
    const host = 'dynamodb.eu-west-1.amazonaws.com';
    const signer = new RequestSigner(host, 'eu-west-1');
    await fc.assert(
      fc.asyncProperty(fc.json(), credentials, dates, async (body, who, at) => {
        const { authorization, 'content-length': length, ...headers } = signer.sign('PutItem', body, who, at);
        const theirs = new SignatureV4({
          service: 'dynamodb',
          region: 'eu-west-1',
          sha256: Sha256,
          credentials: { ...who, ...(who.sessionToken === undefined && { sessionToken: undefined }) } as typeof who & {
            sessionToken: string;
          },
          applyChecksum: false,
        });
        const { 'x-amz-date': _date, 'x-amz-security-token': _token, ...plain } = headers;
        const request = new HttpRequest({ method: 'POST', hostname: host, path: '/', headers: plain, body });
        const signed = await theirs.sign(request, { signingDate: at });
        expect({ ...headers, authorization }).toEqual(signed.headers);
        expect(length).toBe(String(Buffer.byteLength(body)));
      }),
      { numRuns: 200 },
    );
  });
});
