import type { Json } from './template.ts';

/** A value of a metric. */
export interface Datum {
  readonly metric: string;
  /** Value of its only dimension. */
  readonly of: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly value: number;
}

/**
 * Evaluates the rule of an alarm as CloudWatch does: the periods that end now, each with a statistic or an expression of statistics.
 * @param alarm properties of the alarm in a template
 * @param nameOf writes out a dimension's value
 * @returns true if the alarm is on
 */
export function evaluateAlarm(
  alarm: Json,
  data: readonly Datum[],
  now: number,
  nameOf: (value: Json) => string = String,
): boolean {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Threshold, ComparisonOperator } = alarm;
  const period = (alarm.Period ?? alarm.Metrics.find(({ MetricStat }: Json) => MetricStat).MetricStat.Period) * 1000;
  const end = Math.ceil(now / period) * period;
  const breaching = Array.from({ length: EvaluationPeriods }, (_, index) => {
    const until = end - index * period;
    const within = data.filter(({ time }) => time >= until - period && time < until);
    const value =
      alarm.Metrics === undefined ? statisticOf(alarm, within, nameOf) : compute(alarm.Metrics, within, nameOf);
    if (value === undefined) return alarm.TreatMissingData === 'breaching';
    if (ComparisonOperator === 'GreaterThanThreshold') return value > Threshold;
    if (ComparisonOperator === 'LessThanThreshold') return value < Threshold;
    throw new Error(`no operator ${ComparisonOperator}`);
  });
  return breaching.filter(Boolean).length >= DatapointsToAlarm;
}

function statisticOf(
  { MetricName, Dimensions, Statistic, Stat = Statistic }: Json,
  data: readonly Datum[],
  nameOf: (value: Json) => string,
): number | undefined {
  const [{ Value }] = Dimensions;
  const values = data
    .filter(({ metric, of }) => metric === MetricName && of === nameOf(Value))
    .map(({ value }) => value);
  if (values.length === 0) return undefined;
  if (Stat === 'Maximum') return Math.max(...values);
  if (Stat === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  throw new Error(`no statistic ${Stat}`);
}

/** The expressions that alarms of this project have: `MAX([a, b])` and `a - FILL(b, 0)`. */
function compute(metrics: Json[], data: readonly Datum[], nameOf: (value: Json) => string): number | undefined {
  const expression: string = metrics.find(({ Expression }) => Expression).Expression;
  const values = new Map(
    metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined ? [] : [[Id, statisticOf({ ...MetricStat.Metric, ...MetricStat }, data, nameOf)]],
    ),
  );
  const [, a = '', b = ''] = /^(\w+) - FILL\((\w+), 0\)$/.exec(expression) ?? [];
  if (a !== '') {
    const from = values.get(a);
    return from === undefined ? undefined : from - (values.get(b) ?? 0);
  }
  if (!/^MAX\(\[\w+(, \w+)*\]\)$/.test(expression)) throw new Error(`no expression ${expression}`);
  const known = [...values.values()].filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
