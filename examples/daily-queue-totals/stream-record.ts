import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { type CallMetrics, parseCallMetrics } from 'ccaip-ingest/reader';
import * as z from 'zod/mini';

/** A change of a call in the metrics table. */
export interface Change {
  /** The call before the change; undefined if it is new. */
  readonly before: CallMetrics | undefined;
  readonly after: CallMetrics;
}

/** An attribute value of DynamoDB: one key that names its type. The type definitions of the SDK and of Lambda differ. */
const imageSchema = z.record(z.string(), z.custom<AttributeValue>());

/**
 * Reads a record of the table's stream.
 * @returns undefined for a deletion: totals stay when the items of calls expire
 * @throws InvalidItemError if an image is not an item of the metrics table
 */
export function parseChange({ dynamodb }: DynamoDBRecord): Change | undefined {
  const callOf = (image: unknown) => parseCallMetrics(unmarshall(imageSchema.parse(image)));
  if (dynamodb?.NewImage === undefined) return undefined;
  return {
    before: dynamodb.OldImage === undefined ? undefined : callOf(dynamodb.OldImage),
    after: callOf(dynamodb.NewImage),
  };
}
