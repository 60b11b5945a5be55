import { expect, it } from 'vitest';
import { readRepositoryFile } from '../docs/documents.ts';
import { countAlarmMetrics, standingCosts } from './standing.ts';

/** Hours of metrics in a day with two metrics, the requests and the records of the only tenant. */
const TWO_METRICS = { metricHours: 48 };

it('a deployment with one tenant costs at most 8 dollars a month before any call', () => {
  const all = standingCosts(TWO_METRICS).reduce((sum, { dollars }) => sum + dollars, 0);
  expect(all).toBeLessThanOrEqual(8);
});

it('the documentation names the number of metrics that alarms evaluate', () => {
  expect(readRepositoryFile('docs/cost.md')).toContain(`| ${countAlarmMetrics()} metrics of alarms |`);
});
