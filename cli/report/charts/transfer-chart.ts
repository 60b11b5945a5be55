import { formatValue, shortenName } from '../markup/format.ts';
import { type Row, readNumber, readText } from '../markup/row-values.ts';
import { type Chart, COLOURS, INK } from './chart.ts';

const MAX_NAME_LENGTH = 20;

/** Draws transfers as flows from the queues on the left to the receivers on the right. */
export function drawTransfers(rows: readonly Row[]): Chart {
  const from = unique(rows, 'from_queue');
  const to = unique(rows, 'to_queue');
  const node = (side: string, name: string, depth: number, position: string) => ({
    name: `${side}${name}`,
    depth,
    itemStyle: { color: COLOURS[depth === 0 ? 0 : 2] },
    label: { position, color: INK, formatter: () => shortenName(name, MAX_NAME_LENGTH) },
  });
  return {
    label: 'Flow: transfers that succeeded, from the queue that the call left to the queue or agent that received it',
    height: () => Math.max(240, 44 * Math.max(from.length, to.length)),
    titleOf: (_, index) => {
      const row = rows[index];
      return row === undefined
        ? ''
        : `${readText(row, 'from_queue')} to ${readText(row, 'to_queue')}: ${formatValue(row.transferred, 'count')} transfers`;
    },
    option: (width) => ({
      series: [
        {
          type: 'sankey',
          left: width === 'wide' ? 130 : 88,
          right: width === 'wide' ? 130 : 88,
          top: 8,
          bottom: 8,
          nodeWidth: 12,
          nodeGap: 14,
          draggable: false,
          label: { fontSize: width === 'wide' ? 13 : 11 },
          lineStyle: { color: COLOURS[0], opacity: 0.25, curveness: 0.5 },
          data: [
            ...from.map((name) => node('from ', name, 0, 'left')),
            ...to.map((name) => node('to ', name, 1, 'right')),
          ],
          links: rows.map((row) => ({
            source: `from ${readText(row, 'from_queue')}`,
            target: `to ${readText(row, 'to_queue')}`,
            value: readNumber(row, 'transferred'),
          })),
        },
      ],
    }),
  };
}

const unique = (rows: readonly Row[], column: string): string[] => [
  ...new Set(rows.map((row) => readText(row, column))),
];
