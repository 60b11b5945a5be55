import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const PUT = 'DynamoDB_20120810.PutItem';

const image = z.record(z.string(), z.unknown());
const requestSchema = z.looseObject({ TableName: z.string(), Item: image, ReturnValues: z.optional(z.string()) });
const answerSchema = z.object({ Attributes: image.optional() });

interface Followed {
  readonly table: string;
  /** Attributes of the table's key. */
  readonly keys: readonly string[];
  /** Takes a record as DynamoDB's streams give it, as JSON. */
  readonly emit: (record: string) => void;
}

/**
 * What the embedded DynamoDB lacks: a stream of a table. A server in front of it lets everything through; of each put into
 * the table it asks for the old item as well, and when the put has succeeded it gives a record with the old and the new image
 * out, before the answer. Only puts are seen: nothing in this program changes items of the table in another way. In AWS the
 * records come from DynamoDB itself.
 * @param database the embedded DynamoDB
 * @param url where it listens
 */
export function followTable(database: Server, url: string, followed: Followed): Server {
  let sequence = 0;
  const put = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const asked = requestSchema.parse(JSON.parse(body));
    const isFollowed = asked.TableName === followed.table;
    const answer = await fetch(url, {
      method: 'POST',
      headers: headersOf(request),
      body: isFollowed ? JSON.stringify({ ...asked, ReturnValues: 'ALL_OLD' }) : body,
    });
    const answered = await answer.text();
    if (isFollowed && answer.ok) {
      const old = answerSchema.parse(JSON.parse(answered)).Attributes;
      if (JSON.stringify(old) !== JSON.stringify(asked.Item)) {
        sequence += 1;
        followed.emit(JSON.stringify(recordOf(asked.Item, old, { sequence, keys: followed.keys })));
      }
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(isFollowed && answer.ok && asked.ReturnValues !== 'ALL_OLD' ? '{}' : answered);
  };
  return createServer((request, response) => {
    if (request.headers['x-amz-target'] !== PUT) database.emit('request', request, response);
    else put(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
}

type Image = z.infer<typeof image>;

function recordOf(
  item: Image,
  old: Image | undefined,
  { sequence, keys }: { sequence: number; keys: readonly string[] },
) {
  return {
    eventID: String(sequence),
    eventName: old === undefined ? 'INSERT' : 'MODIFY',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      Keys: Object.fromEntries(keys.map((key) => [key, item[key]])),
      NewImage: item,
      ...(old !== undefined && { OldImage: old }),
      SequenceNumber: String(sequence).padStart(21, '0'),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}

/** What the database looks at. */
function headersOf({ headers }: IncomingMessage): Headers {
  const kept = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];
  return new Headers(
    kept.flatMap((name): [string, string][] => (headers[name] ? [[name, String(headers[name])]] : [])),
  );
}
