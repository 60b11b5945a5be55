/** What a figure should be. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the bench's table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** @default - it explains another figure */
  readonly aim?: Aim;
}

export const isMet = (value: number, aim: Aim): boolean =>
  'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost;

/** The figure as a row: what was measured, what it should be, whether it is. */
export function rowOf({ name, value, unit, aim }: Figure): Record<string, string> {
  const wanted = aim === undefined ? '' : 'atLeast' in aim ? `>= ${text(aim.atLeast)}` : `<= ${text(aim.atMost)}`;
  const met = aim === undefined ? '' : isMet(value, aim) ? 'yes' : 'NO';
  return { figure: name, value: text(value), unit, aim: wanted, met };
}

const text = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: value < 1000 ? 3 : 9 });

/** Best of several rounds: the machine's other work only ever slows a round down. @returns times per second */
export function perSecond(times: number, work: () => void, rounds = 5): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return Math.round((times * 1000) / best);
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
