import type { Instant } from './instant.ts';

/** A stretch of time. All lists of spans are ordered by start. */
export interface Span {
  readonly start: Instant;
  readonly end: Instant;
}

const earlierOf = (a: Instant, b: Instant): Instant => (b.time < a.time ? b : a);
export const selectLater = (a: Instant, b: Instant): Instant => (b.time > a.time ? b : a);

/** Milliseconds of all spans together. */
export const measureLength = (spans: readonly Span[]): number =>
  spans.reduce((sum, { start, end }) => sum + end.time - start.time, 0);

/** Time covered by at least one span. */
export function unite(spans: readonly Span[]): readonly Span[] {
  const covered: Span[] = [];
  for (const span of spans) append(covered, span);
  return covered;
}

/** Time covered by at least two spans: of each span, the part that earlier spans overlap. */
export function intersect(spans: readonly Span[]): readonly Span[] {
  const covered: Span[] = [];
  let reach: Instant | null = null;
  for (const span of spans) {
    const { start } = span;
    const end: Instant = reach === null ? start : earlierOf(reach, span.end);
    if (end.time > start.time) append(covered, { start, end });
    reach = reach === null ? span.end : selectLater(reach, span.end);
  }
  return covered;
}

/** Time covered by both of two unions. */
export function findCommon(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const covered: Span[] = [];
  for (const one of a) {
    for (const other of b) {
      const start = selectLater(one.start, other.start);
      const end = earlierOf(one.end, other.end);
      if (end.time > start.time) covered.push({ start, end });
    }
  }
  return covered;
}

/** Adds a span that begins no earlier than the last one; spans that overlap or touch become one. */
function append(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last === undefined || span.start.time > last.end.time) spans.push(span);
  else spans[spans.length - 1] = { start: last.start, end: selectLater(last.end, span.end) };
}
