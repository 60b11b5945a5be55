/** Maximum size of an answer in decoded bytes. A page of ordinary records has less than a tenth of this. */
export const MAX_ANSWER_BYTES = 10_000_000;

/** The answer exceeds the maximum size. */
export class AnswerTooLargeError extends Error {}

/** The answer is not valid text in the character encoding that it names. */
export class AnswerEncodingError extends Error {}

/**
 * Reads the body of an answer as text, up to the maximum size after decompression.
 * @throws AnswerTooLargeError | AnswerEncodingError
 */
export async function readText(response: Response, limit = MAX_ANSWER_BYTES): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.byteLength;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      throw new AnswerTooLargeError();
    }
    chunks.push(step.value);
  }
  return decode(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), charsetOf(response.headers));
}

function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw new AnswerEncodingError();
  }
}

/** The character encoding that an answer names; JSON without one is UTF-8. */
const charsetOf = (headers: Headers): string =>
  /charset\s*=\s*"?([^\s;"]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
