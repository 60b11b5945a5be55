import type { Endpoint } from '../../catalog/index.ts';
import { ConfigurationError } from '../common/errors.ts';
import type { Lake } from '../lake/lake.ts';
import { listLakeFolders, parseObjectKey } from '../lake/lake-folders.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';

/** Number of keys that are looked at: those of one request, and more than one batch writes. */
const MAX_KEYS = 1_000;

/**
 * Checks that an endpoint without batches in the state table has none in the lake either. Otherwise the state was lost. Ingestion would
 * then give numbers to new batches that older ones have, and views would show older records.
 * @param checkpoint undefined before the first run
 * @throws ConfigurationError if the lake has batches. One batch without a commit is what a first run leaves that died
 */
export async function checkState(
  checkpoint: Pick<Checkpoint, 'seq' | 'position'> | undefined,
  lake: Lake,
  endpoint: Endpoint,
  tenant: string,
): Promise<void> {
  if (checkpoint !== undefined && (checkpoint.seq > 0 || checkpoint.position !== undefined)) return;
  const [raw] = listLakeFolders(endpoint, tenant);
  if (raw === undefined) return;
  let keys = 0;
  for await (const { key } of lake.list(raw.path)) {
    if ((parseObjectKey(raw, key)?.seq ?? 0) > 1)
      throw new ConfigurationError(
        `the bucket has batches of ${tenant} ${endpoint.name}, and the state table has none: nothing was read; run "ccaip rebuild" to write the state again from the bucket`,
      );
    keys += 1;
    if (keys >= MAX_KEYS) return;
  }
}
