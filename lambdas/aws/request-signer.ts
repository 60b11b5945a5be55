import { createHmac, hash } from 'node:crypto';

/** Who signs. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Bytes of a block of SHA-256. */
const BLOCK = 64;

const SERVICE = 'dynamodb';
const TARGET = 'DynamoDB_20120810';

/**
 * Signature Version 4 for requests to DynamoDB, which all look the same: `POST /` with a JSON body.
 * Source: "Create a signed AWS API request", IAM user guide.
 */
export class RequestSigner {
  readonly #host: string;
  readonly #region: string;
  #key: { readonly of: string; readonly inner: Uint8Array; readonly outer: Uint8Array } | undefined;

  constructor(host: string, region: string) {
    this.#host = host;
    this.#region = region;
  }

  /** @returns all headers of the request */
  sign(operation: string, body: string, credentials: Credentials, at: Date): Record<string, string> {
    const time = at.toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
    const day = time.slice(0, 8);
    const signed: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      host: this.#host,
      'x-amz-date': time,
      ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
      'x-amz-target': `${TARGET}.${operation}`,
    };
    const names = Object.keys(signed).join(';');
    const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
    const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${hash('sha256', body)}`;
    const scope = `${day}/${this.#region}/${SERVICE}/aws4_request`;
    const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`;
    // HMAC with its key prepared once a day: to prepare it each time costs as much as all the rest
    const { inner, outer } = this.#signingKey(credentials.secretAccessKey, day);
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    const signature = hash('sha256', Buffer.concat([outer, digest]), 'hex');
    return {
      ...signed,
      'content-length': String(Buffer.byteLength(body)),
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  }

  #signingKey(secret: string, day: string) {
    const of = `${day} ${secret}`;
    if (this.#key?.of !== of) {
      const parts = [day, this.#region, SERVICE, 'aws4_request'];
      const key = new Uint8Array(BLOCK);
      key.set(Buffer.from(parts.reduce<Buffer | string>((key, part) => mac(key, part), `AWS4${secret}`)));
      this.#key = { of, inner: key.map((byte) => byte ^ 0x36), outer: key.map((byte) => byte ^ 0x5c) };
    }
    return this.#key;
  }
}

const mac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
