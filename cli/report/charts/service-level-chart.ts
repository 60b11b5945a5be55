import { formatShortDay, formatValue } from '../markup/format.ts';
import { type Row, readNumber, readText } from '../markup/row-values.ts';
import { type Chart, COLOURS, INK, PAPER, plainAxis, QUIET } from './chart.ts';

/** Draws the service level as a line, and below it the callers who were answered and who gave up. */
export function drawServiceLevel(rows: readonly Row[]): Chart {
  const days = rows.map((row) => formatShortDay(readText(row, 'day')));
  const bars = (column: string, colour: string) => ({
    type: 'bar',
    stack: 'calls',
    xAxisIndex: 1,
    yAxisIndex: 1,
    barMaxWidth: 28,
    itemStyle: { color: colour },
    data: rows.map((row) => readNumber(row, column)),
  });
  return {
    label: 'Line: service level in percent by day; bars: callers answered and callers who gave up by day',
    height: (width) => (width === 'wide' ? 380 : 320),
    titleOf: (_, index) => {
      const row = rows[index];
      return `${days[index]}: service level ${formatValue(row?.service_level_percent, 'percent')}, ${formatValue(row?.answered, 'count')} answered, ${formatValue(row?.abandoned, 'count')} gave up`;
    },
    option: (width) => {
      const left = width === 'wide' ? 48 : 36;
      const title = (name: string) => ({
        name,
        nameLocation: 'end',
        nameTextStyle: { color: QUIET, align: 'left', padding: [0, 0, 4, -left + 4] },
      });
      return {
        grid: [
          { left, right: 12, top: 28, height: '40%' },
          { left, right: 12, bottom: 28, height: '28%' },
        ],
        xAxis: [
          { type: 'category', data: days, ...plainAxis, axisLabel: { show: false } },
          { type: 'category', gridIndex: 1, data: days, ...plainAxis },
        ],
        yAxis: [
          { min: 0, max: 100, interval: 20, ...plainAxis, ...title('Service level, %') },
          { gridIndex: 1, splitNumber: 3, ...plainAxis, ...title('Callers') },
        ],
        series: [
          {
            type: 'line',
            symbol: 'circle',
            symbolSize: 7,
            lineStyle: { color: COLOURS[0], width: 2.5 },
            itemStyle: { color: COLOURS[0], borderColor: PAPER, borderWidth: 1.5 },
            data: rows.map((row) => readNumber(row, 'service_level_percent')),
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: QUIET, type: 'dashed' },
              label: { position: 'insideEndTop', formatter: '80 %', color: INK },
              data: [{ yAxis: 80 }],
            },
          },
          bars('answered', COLOURS[0]),
          bars('abandoned', COLOURS[1]),
        ],
      };
    },
  };
}
