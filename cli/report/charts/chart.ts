import { hash } from 'node:crypto';
import { BarChart, CustomChart, LineChart, SankeyChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml, Markup } from '../markup/html.ts';

use([BarChart, CustomChart, LineChart, SankeyChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Colours are variables of the page's style sheet, so one drawing suits light mode, dark mode and print. */
export const INK = 'var(--ink)';
export const QUIET = 'var(--quiet)';
export const LINE = 'var(--line)';
export const PAPER = 'var(--paper)';
export const COLOURS = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)'] as const;

/** Each chart is drawn for a wide page and for a phone, so that text stays readable. */
export type Width = 'wide' | 'narrow';
const WIDTHS: Readonly<Record<Width, number>> = { wide: 960, narrow: 340 };

export interface Chart {
  /** Describes the drawing for screen readers. */
  readonly label: string;
  /** Height in pixels. */
  readonly height: (width: Width) => number;
  readonly option: (width: Width) => EChartsCoreOption;
  /** Describes a mark. Shown as its tooltip. */
  readonly titleOf: (series: number, index: number) => string;
}

/** Draws a chart as SVG text, so the page does not need the chart library. */
export function drawChart(chart: Chart): Markup {
  return new Markup(drawn(chart, 'wide') + drawn(chart, 'narrow'));
}

function drawn({ label, height, option, titleOf }: Chart, width: Width): string {
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width: WIDTHS[width], height: height(width) });
  const textStyle = { fontFamily: 'inherit', fontSize: width === 'wide' ? 13 : 11, color: INK };
  canvas.setOption({ animation: false, textStyle, ...option(width) });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  return (
    svg
      .replace(/<style[\s\S]*?<\/style>/, '')
      .replace(/^<svg [^>]*?viewBox/, `<svg class="${width}" role="img" aria-label="${escapeHtml(label)}" viewBox`)
      .replaceAll(MARK, (_, mark: string, series: string, index: string) => {
        return `${mark} class="mark"><title>${escapeHtml(titleOf(Number(series), Number(index)))}</title>`;
      })
      .replaceAll(NEEDLESS, '')
      // the library numbers its drawings, so equal reports would have different texts
      .replaceAll(/zr\d+-c/g, `${hash('sha1', label, 'hex').slice(0, 8)}-${width}-`)
  );
}

/** Attributes that the library writes on the path of a value. */
const MARK =
  /(<path [^>]*?) ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)" ecmeta_ssr_type="chart"(?: class="zr[^"]*")?>/g;
const NEEDLESS = / (?:class="zr[^"]*"|pointer-events="visible"|xml:space="preserve"|ecmeta_\w+="[^"]*")/g;

/** Options of a plain axis. */
export const plainAxis = {
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: QUIET },
  splitLine: { lineStyle: { color: LINE } },
};
