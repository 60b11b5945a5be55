import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLakeObjects, type Line } from '../../lambdas/lake/lake-objects.ts';

const line: fc.Arbitrary<Line> = fc.record({
  dt: fc.constantFrom('2026-01-01', '2026-01-02'),
  json: fc.object().map((value) => JSON.stringify(value)),
  added: fc.dictionary(fc.constantFrom('_extracted_at', '_batch', '_none'), fc.constantFrom('a', 'b', null, true), {
    minKeys: 1,
  }),
});

it('each line has its own added keys, whatever the keys of the lines before it', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const objects = createLakeObjects({ zone: 'raw', endpoint: 'call', tenant: 'acme', seq: 7 }, lines);
      const written = objects.map(({ dt, body }) => ({
        dt,
        lines: Buffer.from(body).toString().split('\n').slice(0, -1),
      }));
      const days = [...new Set(lines.map(({ dt }) => dt))];
      expect(written).toEqual(
        days.map((dt) => ({
          dt,
          lines: lines
            .filter((each) => each.dt === dt)
            .map(({ json, added }) => {
              const members = JSON.stringify(added).slice(1);
              return json === '{}' ? `{${members}` : `${json.slice(0, -1)},${members}`;
            }),
        })),
      );
      expect(objects.map(({ records }) => records)).toEqual(written.map((each) => each.lines.length));
    }),
  );
});

it('the same lines give the same keys, other lines another one', () => {
  const keysOf = (...lines: Line[]) =>
    createLakeObjects({ zone: 'segments', tenant: 'acme', seq: 7 }, lines).map(({ key }) => key);
  const one = { dt: '2026-01-01', json: '{"id":1}', added: { _batch: '0000000007' } };
  expect(keysOf(one)).toEqual(keysOf({ ...one }));
  expect(keysOf(one)[0]).toMatch(/^segments\/tenant=acme\/dt=2026-01-01\/0*7-[0-9a-f]{12}\.ndjson\.gz$/);
  expect(keysOf(one)).not.toEqual(keysOf({ ...one, json: '{"id":2}' }));
});
