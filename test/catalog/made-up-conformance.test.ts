import { describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { MADE_UP } from '../support/made-up-endpoints.ts';

vi.mock('../../catalog/index.ts', async (importOriginal) => {
  const { extendCatalog } = await import('../support/made-up-endpoints.ts');
  return extendCatalog(await importOriginal<typeof import('../../catalog/index.ts')>());
});

it('the catalog has endpoints that it did not have before', () => {
  expect(ENDPOINTS).toEqual(expect.arrayContaining([...MADE_UP]));
});

// the tests that ask the catalog what to expect, once more: a new endpoint must not need a change to any of them
describe.each([
  ['test/catalog/catalog-conformance', () => import('./catalog-conformance.test.ts')],
  ['test/catalog/personal', () => import('./personal.test.ts')],
  ['test/catalog/schemas', () => import('./schemas.test.ts')],
  ['test/cli/deployment/deployment-status', () => import('../cli/deployment/deployment-status.test.ts')],
  ['test/cli/doctor/deployment-checks', () => import('../cli/doctor/deployment-checks.test.ts')],
  ['test/cli/doctor/tenant-checks', () => import('../cli/doctor/tenant-checks.test.ts')],
  ['test/lib/analytics', () => import('../lib/analytics.test.ts')],
  ['test/lib/endpoints', () => import('../lib/endpoints.test.ts')],
  ['test/lib/limits', () => import('../lib/limits.test.ts')],
  ['test/lib/monitoring', () => import('../lib/monitoring.test.ts')],
  ['test/lib/permissions', () => import('../lib/permissions.test.ts')],
  ['test/lib/resource-names', () => import('../lib/resource-names.test.ts')],
  ['test/lib/template-snapshot', () => import('../lib/template-snapshot.test.ts')],
  ['test/sql/simulated-conversations', () => import('../sql/simulated-conversations.test.ts')],
  ['test/sql/sql-conformance', () => import('../sql/sql-conformance.test.ts')],
])('%s', async (_, load) => void (await load()));
