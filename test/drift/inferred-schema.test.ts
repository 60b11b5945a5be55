import { describe, expect, it } from 'vitest';
import { InferredSchema } from '../../lambdas/drift/inferred-schema.ts';

const call = (changes: Record<string, unknown> = {}) => ({
  id: 1,
  status: 'finished',
  rating: null,
  participants: [{ id: 2, type: 'agent' }],
  ...changes,
});

/** Creates a shape that has learned from a number of ordinary calls. */
const learned = (calls = 1, enums: string[] = ['status', 'participants[].type']) => {
  const shape = new InferredSchema(new Map(), enums);
  shape.learn(Array.from({ length: calls }, () => call()));
  return shape;
};

describe('the shape of records', () => {
  it('is learned from the first batch, which reports nothing', () => {
    expect(new InferredSchema(new Map(), []).learn([call(), call({ extra: true })])).toEqual([]);
  });

  it('reports nothing about records like the earlier ones', () => {
    expect(learned().learn([call({ id: 7 })])).toEqual([]);
  });

  it('reports a new key with the type of its value, at any depth', () => {
    const drift = new InferredSchema(learned().store(), []).learn([
      call({ sentiment: 0.5, participants: [{ id: 3, type: 'agent', muted: true }] }),
    ]);
    expect(drift).toEqual([
      { path: 'participants[].muted', what: 'new_key', example: 'boolean' },
      { path: 'sentiment', what: 'new_key', example: 'number' },
    ]);
  });

  it('stays small: it ignores long texts and limits the number of keys and words', () => {
    const shape = learned();
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, place) => [`k${place}`, place]));
    shape.learn([call({ many, status: 'x'.repeat(101) })]);
    shape.learn(Array.from({ length: 10_000 }, (_, place) => call({ status: `word ${place}` })));
    const stored = shape.store();
    expect([...stored.keys()].filter((path) => path.startsWith('many.'))).toHaveLength(500);
    expect(stored.get('status')?.values).toHaveLength(500);
    expect(stored.get('status')?.values).not.toContain('x'.repeat(101));
  });

  it('reports a new type of a known key', () => {
    expect(new InferredSchema(learned().store(), []).learn([call({ rating: '5' })])).toEqual([
      { path: 'rating', what: 'new_type', example: 'string' },
    ]);
  });

  it('reports a new word of a vocabulary, and no other value', () => {
    const shape = learned();
    expect(
      new InferredSchema(shape.store(), ['status']).learn([call({ status: 'requeued', participants: [] })]),
    ).toEqual([{ path: 'status', what: 'new_value', example: 'requeued' }]);
    expect(new InferredSchema(shape.store(), []).learn([call({ status: 'requeued' })])).toEqual([]);
  });

  it('reports a change once', () => {
    const shape = learned();
    expect(shape.learn([call({ extra: 1 })])).toHaveLength(1);
    expect(shape.learn([call({ extra: 2 })])).toEqual([]);
    expect(new InferredSchema(shape.store(), []).learn([call({ extra: 3 })])).toEqual([]);
  });

  it('reports once that a key which was always present is missing from a large batch', () => {
    const shape = learned(1_000);
    const without = Array.from({ length: 50 }, () => ({ id: 1, status: 'finished', participants: [] }));
    expect(shape.learn(without.slice(1))).toEqual([]);
    expect(shape.learn(without)).toEqual([{ path: 'rating', what: 'vanished_key', example: 'null' }]);
    expect(shape.learn(without)).toEqual([]);
  });

  it('reports it again after the key had returned', () => {
    const shape = learned(1_000);
    const without = Array.from({ length: 50 }, () => ({ id: 1, status: 'finished', participants: [] }));
    shape.learn(without);
    shape.learn([call()]);
    expect(shape.learn(without)).toHaveLength(1);
  });

  it('expects only keys that were always present', () => {
    const shape = new InferredSchema(new Map(), []);
    shape.learn(Array.from({ length: 2_000 }, (_, i) => (i % 2 === 0 ? call({ sometimes: 1 }) : call())));
    expect(shape.learn(Array.from({ length: 100 }, () => call()))).toEqual([]);
  });

  it('leaves out the keys that ingestion adds', () => {
    const shape = learned();
    expect(shape.learn([call({ _parent_id: 4 })])).toEqual([]);
  });

  it('is unchanged after it is stored and read', () => {
    const shape = learned(3);
    expect(new InferredSchema(shape.store(), ['status', 'participants[].type']).store()).toEqual(shape.store());
  });
});
