import { formatValue, shortenName, type Unit } from '../markup/format.ts';
import { type Row, readNumber, readText } from '../markup/row-values.ts';
import { type Chart, COLOURS, INK, plainAxis } from './chart.ts';

export interface Part {
  readonly column: string;
  readonly name: string;
}

interface StackedBars {
  readonly label: string;
  readonly unit: Unit;
  readonly nameOf: (row: Row) => string;
  readonly parts: readonly Part[];
  /** Text at the end of the bar. */
  readonly endOf: (row: Row) => string;
}

const ROW = 26;
const MAX_NAME_LENGTH = 16;

/** Draws one horizontal bar per row, divided into parts. */
function stackedBars(rows: readonly Row[], { label, unit, nameOf, parts, endOf }: StackedBars): Chart {
  return {
    label,
    height: () => rows.length * ROW + 36,
    titleOf: (series, index) => {
      const row = rows[index];
      const part = parts[series];
      if (row === undefined || part === undefined) return '';
      return `${nameOf(row)}: ${part.name} ${formatValue(row[part.column], unit)}, ${endOf(row)}`;
    },
    option: (width) => ({
      grid: { left: width === 'wide' ? 150 : 104, right: width === 'wide' ? 110 : 74, top: 4, bottom: 28 },
      xAxis: { ...plainAxis, splitNumber: width === 'wide' ? 6 : 2 },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map((row) => shortenName(nameOf(row), width === 'wide' ? MAX_NAME_LENGTH + 4 : MAX_NAME_LENGTH)),
        ...plainAxis,
        axisLabel: { color: INK, interval: 0 },
      },
      series: parts.map(({ column }, place) => ({
        type: 'bar',
        stack: 'parts',
        barWidth: 15,
        itemStyle: { color: COLOURS[place] },
        data: rows.map((row) => readNumber(row, column)),
        ...(place < parts.length - 1 ? {} : { label: endLabel(rows, endOf) }),
      })),
    }),
  };
}

const endLabel = (rows: readonly Row[], endOf: (row: Row) => string) => ({
  show: true,
  position: 'right',
  color: INK,
  formatter: ({ dataIndex }: { readonly dataIndex: number }) => {
    const row = rows[dataIndex];
    return row === undefined ? '' : endOf(row);
  },
});

export const HANDLE_PARTS: readonly Part[] = [
  { column: 'average_talk_time', name: 'Talk' },
  { column: 'average_hold_time', name: 'Hold' },
  { column: 'average_wrap_up_time', name: 'Wrap-up' },
  { column: 'average_before_call_time', name: 'Before-call work' },
];

export const drawHandleTime = (rows: readonly Row[]): Chart =>
  stackedBars(rows, {
    label: 'Bars: average seconds of talk, hold, wrap-up and before-call work of an interaction, by queue',
    unit: 'seconds',
    nameOf: (row) => readText(row, 'queue'),
    parts: HANDLE_PARTS,
    endOf: (row) => formatValue(row.average_handle_time, 'seconds'),
  });

export const OCCUPANCY_PARTS: readonly Part[] = [
  { column: 'call_hours', name: 'In calls' },
  { column: 'chat_hours', name: 'In chats' },
  { column: 'wrap_up_hours', name: 'Wrap-up' },
  { column: 'available_hours', name: 'Available' },
];

export const formatAgent = (row: Row): string => readText(row, 'agent') || `Agent ${readText(row, 'agent_id')}`;

export const drawOccupancy = (rows: readonly Row[]): Chart =>
  stackedBars(rows, {
    label: 'Bars: hours in calls, in chats, in wrap-up and available, by agent',
    unit: 'hours',
    nameOf: formatAgent,
    parts: OCCUPANCY_PARTS,
    endOf: (row) => formatValue(row.occupancy_percent, 'percent'),
  });
