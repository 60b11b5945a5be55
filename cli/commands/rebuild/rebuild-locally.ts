import { glob } from 'node:fs/promises';
import { basename } from 'node:path';
import { rebuild } from '../../../lambdas/rebuild/rebuild.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import type { Rebuilds } from '../../deployment/rebuild-target.ts';
import type { Shell } from '../../terminal/shell.ts';
import { withLocalInvocations } from '../replay/local-invocations.ts';
import { createLocalReplays } from '../replay/replay-locally.ts';

/** Start of the name of a tenant's folder. */
const TENANT = 'tenant=';

/**
 * Rebuilds on this machine in the same way as the function, in the folder of an embedded AWS.
 * @throws CommandError if nothing was ingested into the folder
 */
export const withLocalRebuilds = <T>(
  shell: Shell,
  folder: string,
  work: (rebuilds: Rebuilds) => Promise<T>,
): Promise<T> =>
  withLocalInvocations(shell, folder, (invocations) => {
    const { create, repeat } = invocations;
    return work({
      replays: createLocalReplays(invocations, shell.now),
      tenants: () => listTenants(locateLake(folder)),
      count: (target) => rebuild({ ...target, ...create(0), dryRun: true }),
      run: (target, onProgress) =>
        repeat('rebuild', (invocation) => rebuild({ ...target, ...invocation, dryRun: false, onProgress })),
    });
  });

/** Names of the tenants with raw objects, sorted. */
async function listTenants(lake: string): Promise<string[]> {
  const folders = await Array.fromAsync(glob(`raw/*/${TENANT}*`, { cwd: lake }));
  return [...new Set(folders.map((each) => basename(each).slice(TENANT.length)))].sort();
}
