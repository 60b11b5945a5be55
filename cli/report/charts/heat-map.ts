import { formatValue } from '../markup/format.ts';
import { type Row, readNumber } from '../markup/row-values.ts';
import { type Chart, plainAxis, type Width } from './chart.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

interface HeatMap {
  readonly label: string;
  readonly colour: string;
  /** Value of a cell. */
  readonly amountOf: (row: Row) => number;
  readonly textOf: (row: Row) => string;
}

/** Draws one cell per weekday and hour. Darker cells have higher values. */
function heatMap(rows: readonly Row[], { label, colour, amountOf, textOf }: HeatMap): Chart {
  const most = Math.max(...rows.map(amountOf), 1e-9);
  const hours = rows.map((row) => readNumber(row, 'hour'));
  const first = Math.min(...hours, 23);
  const last = Math.max(...hours, first);
  const columns = Array.from({ length: last - first + 1 }, (_, index) => `${String(first + index).padStart(2, '0')}`);
  const short = (width: Width) => (width === 'wide' ? 3 : 2);
  return {
    label,
    height: (width) => (width === 'wide' ? 260 : 220),
    titleOf: (_, index) => {
      const row = rows[index];
      return row === undefined
        ? ''
        : `${WEEKDAYS[readNumber(row, 'weekday') - 1]} ${String(row.hour).padStart(2, '0')}:00: ${textOf(row)}`;
    },
    option: (width) => ({
      grid: { left: width === 'wide' ? 48 : 30, right: 4, top: 4, bottom: 28 },
      xAxis: {
        type: 'category',
        data: columns,
        ...plainAxis,
        axisLabel: { ...plainAxis.axisLabel, interval: width === 'wide' ? 0 : 2 },
      },
      yAxis: { type: 'category', inverse: true, data: WEEKDAYS.map((day) => day.slice(0, short(width))), ...plainAxis },
      series: [
        {
          type: 'custom',
          data: rows.map((row) => [readNumber(row, 'hour') - first, readNumber(row, 'weekday') - 1, amountOf(row)]),
          renderItem: (_: unknown, api: CellApi) => {
            const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
            const [cellWidth = 0, cellHeight = 0] = api.size([1, 1]);
            const percent = Math.round(6 + (94 * api.value(2)) / most);
            return {
              type: 'rect',
              shape: {
                x: x - cellWidth / 2 + 1,
                y: y - cellHeight / 2 + 1,
                width: cellWidth - 2,
                height: cellHeight - 2,
                r: 2,
              },
              style: { fill: `color-mix(in oklab, ${colour} ${percent}%, var(--paper))` },
            };
          },
        },
      ],
    }),
  };
}

/** The part of the library's interface that places a cell. */
interface CellApi {
  value(dimension: number): number;
  coord(point: readonly number[]): number[];
  size(extent: readonly number[]): number[];
}

export const drawArrivals = (rows: readonly Row[]): Chart =>
  heatMap(rows, {
    label: 'Heat map: callers that enter a queue per day, by weekday and hour',
    colour: 'var(--c1)',
    amountOf: (row) => readNumber(row, 'visits') / Math.max(1, readNumber(row, 'days')),
    textOf: (row) =>
      `${formatValue(readNumber(row, 'visits') / Math.max(1, readNumber(row, 'days')), 'count')} callers a day, ${formatValue(row.visits, 'count')} in all`,
  });

export const drawWaits = (rows: readonly Row[]): Chart =>
  heatMap(rows, {
    label: 'Heat map: average wait, by weekday and hour',
    colour: 'var(--c2)',
    amountOf: (row) => readNumber(row, 'average_wait'),
    textOf: (row) =>
      `average wait ${formatValue(row.average_wait, 'seconds')}, longest ${formatValue(row.longest_wait, 'seconds')}`,
  });
