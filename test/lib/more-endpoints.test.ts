import { describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { ACME } from './sample-configuration.ts';
import { synthesise } from './template.ts';

/** Number of endpoints that fit into a deployment with the maximum number of tenants. */
const COUNT = vi.hoisted(() => 24);

// the catalog, extended with tails and nested endpoints
vi.mock('../../catalog/index.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../catalog/index.ts')>();
  const { defineEndpoint } = await import('../../catalog/define-endpoint.ts');
  const models = ['chat', 'photo'].flatMap((name) => original.findEndpoint(name) ?? []);
  const more = Array.from({ length: Math.max(0, COUNT - original.ENDPOINTS.length) }, (_, index) => {
    const letter = String.fromCharCode('a'.charCodeAt(0) + index);
    const [tail, nested] = models;
    const model = index % 2 === 0 ? tail : nested;
    if (model === undefined) throw new Error('no endpoint to copy');
    return defineEndpoint({ ...model, name: `extra_${letter}`, title: `Extra ${letter}` });
  });
  const all = [...original.ENDPOINTS, ...more];
  return { ...original, ENDPOINTS: all, findEndpoint: (name: string) => all.find((each) => each.name === name) };
});

const tenants = (count: number) => Array.from({ length: count }, (_, i) => ({ ...ACME, name: `tenant-${i}` }));

describe(`a catalog of ${COUNT} endpoints`, () => {
  it('is deployed', () => expect(ENDPOINTS.length).toBeGreaterThanOrEqual(COUNT));

  it.each([1, 3, 50])('stays within the limits of CloudFormation with %i tenants', (count) => {
    const { template: main, nested } = synthesise({ tenants: tenants(count) });
    for (const each of [main, ...nested]) {
      expect(Object.keys(each.toJSON().Resources).length).toBeLessThanOrEqual(500);
      // cdk.json has templates written without indentation
      expect(JSON.stringify(each.toJSON()).length).toBeLessThanOrEqual(1_000_000);
    }
  });
});
