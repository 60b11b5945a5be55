import type { Finding } from './page-finding.ts';
import { extractProse } from './prose.ts';

const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December';
const DATE = new RegExp(`\\b(?:\\d{1,2} )?(?:${MONTHS}) 20\\d\\d\\b|\\b20\\d\\d-\\d\\d-\\d\\d\\b`);
const MEASURED = /\b(?:measured|counted|benchmarked|took)\b/i;
const FIGURE = /\$\d|\b\d[\d,.]*\s?(?:ms|µs|s|kB|MB|GB|%|bytes|dollars)(?!\w)/;

/**
 * Headings whose text has measured figures and no date. A date counts for the sections below its heading; one before the first
 * section counts for the whole page.
 */
export function findUndatedFigures(markdown: string): Finding[] {
  const findings: Finding[] = [];
  const dated: boolean[] = [];
  let line = 1;
  for (const section of extractProse(markdown).split(/^(?=#{1,6} )/m)) {
    const level = /^#+/.exec(section)?.[0].length ?? 0;
    const isDated = DATE.test(section) || dated.slice(0, level).some(Boolean);
    dated.length = level;
    dated[level] = isDated;
    if (MEASURED.test(section) && FIGURE.test(section) && !isDated) {
      const [title = ''] = section.split('\n');
      findings.push({ line, message: `"${title}" has measured figures: say on which day they were measured` });
    }
    line += section.split('\n').length - 1;
  }
  return findings;
}
