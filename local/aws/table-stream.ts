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
  /** Called with each DynamoDB stream record as JSON. */
  readonly emit: (record: string) => void;
}

/**
 * Adds a table stream to the embedded DynamoDB, which has none. A server in front of it forwards all requests. For each put into
 * the table it also requests the old item. After a successful put, and before the answer, it emits a record with the old and
 * the new image. It handles only puts, because this program changes items in no other way. In AWS, DynamoDB emits the records.
 * @param database the embedded DynamoDB
 * @param url address of the embedded DynamoDB
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

/** Headers that the database uses. */
function headersOf({ headers }: IncomingMessage): Headers {
  const kept = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];
  return new Headers(
    kept.flatMap((name): [string, string][] => (headers[name] ? [[name, String(headers[name])]] : [])),
  );
}
