import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findEndpoint } from '../../catalog/index.ts';
import { auditAndHeal } from '../../lambdas/audit/audit-and-heal.ts';
import type { HealRun } from '../../lambdas/audit/heal-plan.ts';
import { RequestBudget } from '../../lambdas/audit/request-budget.ts';
import { TenantAudit } from '../../lambdas/audit/tenant-audit.ts';
import type { WindowResult } from '../../lambdas/audit/window-result.ts';
import { createLocalLake } from '../../local/audit/local-lake.ts';
import type { World } from '../runs/run-world.ts';
import { newFolder, removeFolder } from '../sql/lake-of-lines.ts';

const DAY = 86_400_000;

/** Copies the lake of a world into a folder. */
async function copyLake(world: World, folder: string): Promise<void> {
  for (const { key, lines } of await world.objects()) {
    const file = join(folder, key);
    await mkdir(dirname(file), { recursive: true });
    // the same bytes as ingestion wrote, because the ledger names their number
    await writeFile(file, gzipSync(`${lines.join('\n')}\n`));
  }
}

/**
 * Audits endpoints of a world over its last days, as it is now.
 * @param found gets the results before healing
 */
export async function auditWorld(
  world: World,
  names: readonly string[],
  {
    heal = false,
    days = 3,
    found = [],
  }: { readonly heal?: boolean; readonly days?: number; readonly found?: WindowResult[] } = {},
): Promise<WindowResult[]> {
  const now = world.time.time;
  const folders: string[] = [];
  try {
    const open = async () => {
      const folder = await newFolder();
      folders.push(folder);
      await copyLake(world, folder);
      return createLocalLake(folder, world.tenant.name);
    };
    let lake = await open();
    const audit = (endpoint: Parameters<TenantAudit['audit']>[0]) =>
      new TenantAudit({
        tenant: world.tenant,
        range: { from: Math.floor(now / DAY - days) * DAY, until: now },
        now,
        lake,
        budget: new RequestBudget(10_000),
        environment: world.environment,
        aws: world.aws,
        effects: world.time.effects({ fetch: world.platform.fetch }),
        timeLeft: () => 900_000,
      }).audit(endpoint);
    const endpoints = names.flatMap((name) => findEndpoint(name) ?? []);
    let hasHealed = false;
    let runs = 0;
    const results = await auditAndHeal({
      endpoints,
      audit: async (endpoint) => {
        if (runs > 0) {
          await lake.close();
          lake = await open();
          runs = 0;
        }
        const results = await audit(endpoint);
        if (!hasHealed) found.push(...results);
        return results;
      },
      heal: heal
        ? async (run: HealRun) => {
            runs += 1;
            hasHealed = true;
            const { endpoint, ...changes } = run;
            if (names.includes(endpoint)) await world.ingest(endpoint, changes);
          }
        : undefined,
    });
    await lake.close();
    return results;
  } finally {
    for (const folder of folders) await removeFolder(folder);
  }
}
