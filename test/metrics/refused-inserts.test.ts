import { describe, expect, it } from 'vitest';
import { UNKNOWN_OPERATION } from '../../lambdas/aws/item-inserts.ts';
import { sortRefused } from '../../lambdas/metrics/refused-inserts.ts';

const refusedItem = (id: number) => ({ call_key: `acme#${id}`, caller: 'Sam Example' });
const [ONE, TWO, THREE] = [refusedItem(1), refusedItem(2), refusedItem(3)] as const;

const sort = (...refused: (readonly [typeof ONE, string])[]) => sortRefused('ccaip-metrics', new Map(refused));

describe('refused inserts', () => {
  it('are put if the call may be in the table, or the table takes no inserts', () => {
    const refused = [
      [ONE, 'DuplicateItem'],
      [TWO, 'ConditionalCheckFailed'],
      [THREE, UNKNOWN_OPERATION],
    ] as const;
    expect(sort(...refused)).toEqual({ known: [ONE, TWO, THREE], postponed: [] });
  });

  it.each([
    'InternalServerError',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'ThrottlingError',
    'TransactionConflict',
  ])('are repeated after %s', (reason) => {
    expect(sort([ONE, reason], [TWO, 'DuplicateItem'])).toEqual({ known: [TWO], postponed: [ONE], reason });
  });

  it('are none if nothing was refused', () => {
    expect(sort()).toEqual({ known: [], postponed: [] });
  });

  it.each([
    ['AccessDenied', 'ConfigurationError: table ccaip-metrics: the function may not insert items; its role needs'],
    ['ResourceNotFound', 'ConfigurationError: table ccaip-metrics does not exist: see METRICS_TABLE'],
    ['ValidationError', 'ContractError: table ccaip-metrics refuses the item acme#2 (ValidationError)'],
    ['no reason given', 'ContractError: table ccaip-metrics refuses the item acme#2 (no reason given)'],
  ])('end the run after %s, without values of the item', (code, message) => {
    let failure: unknown;
    try {
      sort([TWO, code]);
    } catch (error) {
      failure = error;
    }
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain('Sam');
  });
});
