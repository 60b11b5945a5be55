import { drawArrivals, drawWaits } from './charts/heat-map.ts';
import { drawServiceLevel } from './charts/service-level-chart.ts';
import { drawHandleTime, drawOccupancy, HANDLE_PARTS, OCCUPANCY_PARTS, type Part } from './charts/stacked-bars.ts';
import { drawTransfers } from './charts/transfer-chart.ts';
import type { Figure, LegendItem } from './figure.ts';
import { formatValue } from './markup/format.ts';
import { type Row, readNumber } from './markup/row-values.ts';
import type { Answers } from './report-answers.ts';

/** Maximum numbers of rows in a drawing. */
const MAX_AGENTS = 25;
const MAX_QUEUES = 25;
const MAX_FLOWS = 40;

const legendOf = (parts: readonly Part[]): LegendItem[] =>
  parts.map(({ name }, place) => ({ name, colour: place + 1 }));

/** Renders the figures of a report in the order in which managers read them. */
export function renderFigures(answers: Answers): Figure[] {
  const { arrivals, 'service-level-by-day': level, 'handle-time-by-queue': handle } = answers;
  const { 'occupancy-by-agent': occupancy, 'transfer-flow': transfers } = answers;
  const flows = transfers.rows.filter((row) => readNumber(row, 'transferred') > 0);
  return [
    {
      id: 'service-level',
      title: 'Service level',
      text: 'The share of entries into queues that were answered in time, of those that were answered or given up, day by day. The platform judges what is in time; where it did not, an answer within 20 seconds is.',
      answer: level,
      charts: [
        {
          chart: drawServiceLevel(level.rows),
          legend: [
            { name: 'Answered', colour: 1 },
            { name: 'Gave up', colour: 2 },
          ],
        },
      ],
    },
    {
      id: 'arrivals',
      title: 'When callers come, and when they wait',
      text: 'By weekday and hour in which callers entered a queue. Stronger colours mean higher values.',
      answer: arrivals,
      charts: [
        {
          caption: `Callers per day, up to ${formatValue(Math.max(0, ...arrivals.rows.map(perDay)), 'count')}`,
          chart: drawArrivals(arrivals.rows),
        },
        {
          caption: `Average wait, up to ${formatValue(most(arrivals.rows, 'average_wait'), 'seconds')}`,
          chart: drawWaits(arrivals.rows),
        },
      ],
    },
    {
      id: 'handle-time',
      title: 'What a call is made of',
      text: `Average handle time of an interaction by queue${first(handle.rows, MAX_QUEUES, 'queues with the most interactions')}: before-call work, talk, hold and wrap-up.`,
      answer: handle,
      charts: [{ chart: drawHandleTime(handle.rows.slice(0, MAX_QUEUES)), legend: legendOf(HANDLE_PARTS) }],
    },
    {
      id: 'occupancy',
      title: 'How busy agents are',
      text: `Hours on duty and the share spent with customers${first(occupancy.rows, MAX_AGENTS, 'busiest agents')}. Breaks and similar statuses do not count.`,
      answer: occupancy,
      charts: [{ chart: drawOccupancy(occupancy.rows.slice(0, MAX_AGENTS)), legend: legendOf(OCCUPANCY_PARTS) }],
    },
    {
      id: 'transfers',
      title: 'Where transfers go',
      text: `Transfers that succeeded, from the queue that the call left on the left to the receiver on the right${first(flows, MAX_FLOWS, 'largest flows')}.`,
      answer: transfers,
      charts: [{ chart: drawTransfers(flows.slice(0, MAX_FLOWS)) }],
    },
  ];
}

/** Adds a note if not all rows are drawn. */
const first = (rows: readonly Row[], drawn: number, what: string): string =>
  rows.length > drawn ? ` (the ${drawn} ${what} of ${rows.length}, all in the table)` : '';

const perDay = (row: Row): number => readNumber(row, 'visits') / Math.max(1, readNumber(row, 'days'));
const most = (rows: readonly Row[], column: string): number =>
  Math.max(0, ...rows.map((row) => readNumber(row, column)));
