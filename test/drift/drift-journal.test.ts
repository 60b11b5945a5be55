import { expect, it } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { DriftJournal } from '../../lambdas/drift/drift-journal.ts';
import type { Row } from '../support/fake-platform.ts';

/** Runs of an endpoint, each with a new journal, over one stored shape. The batches have consecutive numbers. */
function setup() {
  const endpoint = findEndpoint('call');
  if (endpoint === undefined) throw new Error('no endpoint call');
  const stored = { shape: undefined as string | undefined, saves: 0 };
  const store = {
    load: async () => stored.shape,
    save: async (shape: string) => {
      stored.shape = shape;
      stored.saves += 1;
    },
  };
  let seq = 0;
  const run = async (...records: Row[]) => {
    const journal = new DriftJournal(store as never, endpoint);
    const drift = await journal.look(
      records.map((record) => ({ record, json: '', dt: '2026-03-02', extractedAt: '2026-03-02T12:00:00.000Z' })),
    );
    await journal.remember(++seq);
    return drift.map(({ path, what }) => `${what} ${path}`);
  };
  return { stored, run };
}

const call = (changes: Row = {}): Row => ({ id: 1, status: 'finished', rating: 5, ...changes });

it('remembers the first batch, and one in ten of the similar batches', async () => {
  const { stored, run } = setup();
  for (let batch = 1; batch <= 30; batch++) expect(await run(call())).toEqual([]);
  expect(stored.saves).toBe(1 + 3);
});

it.each([
  ['a new key', call({ sentiment: 1 }), ['new_key sentiment']],
  ['a new type', call({ rating: null }), ['new_type rating']],
  ['a new word', call({ status: 'parked' }), ['new_value status']],
])('remembers %s at once and tells it once', async (_, record, drift) => {
  const { stored, run } = setup();
  await run(call());
  expect(await run(record)).toEqual(drift);
  expect(stored.saves).toBe(2);
  expect(await run(record)).toEqual([]);
});

it('remembers immediately that a key is optional, and then does not report it as missing', async () => {
  const { stored, run } = setup();
  await run(...Array.from({ length: 999 }, () => call()));
  const { rating: _, ...without } = call();
  await run(call(), without);
  expect(stored.saves).toBe(2);
  expect(await run(...Array.from({ length: 60 }, () => without))).toEqual([]);
});

it('reports a missing key that was in all of a thousand remembered records', async () => {
  const { stored, run } = setup();
  await run(...Array.from({ length: 1_000 }, () => call()));
  const { rating: _, ...without } = call();
  const many = Array.from({ length: 60 }, () => without);
  expect(await run(...many)).toEqual(['vanished_key rating']);
  expect(stored.saves).toBe(2);
  expect(await run(...many)).toEqual([]);
});

const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'prototype', '__defineGetter__'];
/** A record with a key of that name, as `JSON.parse` gives it. */
const named = (name: string, value: unknown): Row => JSON.parse(`{"id":1,"${name}":${JSON.stringify(value)}}`);

it.each(NAMES)('treats a key named %s like any other, in the record and inside it', async (name) => {
  const { run } = setup();
  await run({ id: 1, inner: { a: 1 } });
  expect(await run(named(name, { a: 1 }))).toEqual([`new_key ${name}`, `new_key ${name}.a`]);
  expect(await run(named(name, { a: 1 }))).toEqual([]);
  expect(await run(named(name, { a: 'text' }))).toEqual([`new_type ${name}.a`]);
  expect(await run({ id: 1, inner: named(name, [1]) })).toEqual(
    [`new_key inner.${name}`, `new_key inner.${name}[]`, 'new_key inner.id'].sort(),
  );
  expect(await run({ id: 1, inner: named(name, [1]) }, { id: 1, ...named(name, { a: 1 }) })).toEqual([]);
});

it('reports a missing key named constructor, and knows a word of that name', async () => {
  const { run } = setup();
  await run(...Array.from({ length: 1_000 }, () => ({ ...call(), constructor: 1 })));
  expect(await run(...Array.from({ length: 60 }, () => call()))).toEqual(['vanished_key constructor']);
  expect(await run(call({ status: 'constructor' }))).toEqual(['new_value status']);
  expect(await run(call({ status: 'constructor' }))).toEqual([]);
});
