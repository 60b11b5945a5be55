import { describe, expect, it } from 'vitest';
import { defineEndpoint } from '../../catalog/define-endpoint.ts';
import { ENDPOINTS } from '../../catalog/index.ts';
import { INVALID_EVENT_TIME } from '../../catalog/timestamp.ts';
import { validate } from '../../lambdas/sources/validate.ts';
import { samplesOf } from './samples.ts';

const DRIFTED = { never_seen: { deep: [1, null, 'x'] }, another: null };

const each = ENDPOINTS.map((endpoint) => [endpoint.name, endpoint] as const);
const identified = each.filter(([, { key, columns }]) => key.includes('id') && columns.id?.type === 'bigint');

describe('a payload', () => {
  it.each(each)('of %s is accepted unchanged, also with unknown keys', (_, endpoint) => {
    const samples = samplesOf(endpoint);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      expect(validate(endpoint.schema, sample)).toEqual({ record: sample });
      const drifted = { ...Object(sample), ...DRIFTED };
      expect(validate(endpoint.schema, drifted)).toEqual({ record: drifted });
    }
  });

  it('of a changed detail may be any object', () => {
    const endpoint = ENDPOINTS.find(({ name }) => name === 'changed_detail');
    if (endpoint === undefined) throw new Error('no changed_detail');
    expect(validate(endpoint.schema, DRIFTED)).toEqual({ record: DRIFTED });
    expect(validate(endpoint.schema, 'sam@example.com')).toEqual({ reason: 'not an object but string' });
  });
});

describe.each(identified)('an id of %s', (_, endpoint) => {
  const sample = Object(samplesOf(endpoint)[0]);

  it.each([
    ['sam@example.com'],
    ['012'],
    ['1.2'],
    ['-0'],
    [''],
    ['9223372036854775808'],
    [4.75],
    [true],
    [{ sam: 1 }],
    [['sam']],
    [null],
  ])('that is %j is refused by a reason with the field and without the value', (id) => {
    const { reason } = validate(endpoint.schema, { ...sample, id });
    expect(reason).toMatch(/^id: expected (number|int|safeint), got (string|number|boolean|object|null)$/);
    expect(reason).not.toMatch(/sam|12|1\.2|4\.75|922|true/);
  });

  it('that is missing is refused', () => {
    const { id: _id, ...rest } = sample;
    expect(validate(endpoint.schema, rest)).toEqual({ reason: 'id: missing' });
  });

  it.each([0, -5, 1, Number.MAX_SAFE_INTEGER, '0', '-5', '12', '9007199254740993'])('may be %j', (id) => {
    expect(validate(endpoint.schema, { ...sample, id })).toHaveProperty('record.id', id);
  });
});

describe.each(
  ENDPOINTS.flatMap((each) => (each.source.kind === 'tail' ? [[each.name, each, each.source] as const] : [])),
)('a time of %s', (_, endpoint, source) => {
  const sample = Object(samplesOf(endpoint)[0]);
  it.each([['soon'], [1_772_452_800], ['2026-03-02'], ['2026-03-02T12:00:00'], ['9999-12-31T00:00:00Z'], [null]])(
    'that is %j is refused',
    (time) => {
      for (const field of new Set([source.cursor, source.eventTime])) {
        const { reason } = validate(endpoint.schema, { ...sample, [field]: time });
        expect(reason).toMatch(new RegExp(`^${field}: (${INVALID_EVENT_TIME}$|expected string, got)`));
        expect(reason).not.toContain(String(time ?? 'soon'));
      }
    },
  );
});

it('an entry whose name is not in snake_case is refused when it is imported', () => {
  const [first] = ENDPOINTS;
  if (first === undefined) throw new Error('no endpoint');
  expect(() => defineEndpoint({ ...first, name: 'Agent-2' })).toThrow('endpoint name "Agent-2" is not snake_case');
});
