import type { Segment } from '../../catalog/segment-metrics.ts';
import { parseTimestamp, readTimestamp } from '../../catalog/timestamp.ts';
import type { Explanation, Presence } from './explanation.ts';

/** A bar of the time line. */
interface Bar {
  readonly label: string;
  /** Epoch milliseconds, or null if the position is unknown. */
  readonly from: number | null;
  /** Null while the bar is open, or if the end is unknown. */
  readonly to: number | null;
  readonly note: string;
}

/**
 * Draws the segments and participants of a call as bars on a common scale.
 * @param width characters of the scale
 */
export function drawTimeLine(
  { segments, participants }: Pick<Explanation, 'segments' | 'participants'>,
  width: number,
): string {
  const bars = [...segments.map(segmentBar), ...participants.flatMap(presenceBar)];
  const moments = bars.flatMap(({ from, to }) => [from ?? [], to ?? []].flat());
  if (moments.length === 0) return 'nothing has happened yet\n';
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const labels = Math.max(...bars.map(({ label }) => label.length));
  const lines = bars.map(({ label, note, ...bar }) =>
    `${label.padEnd(labels)}  ${drawn(bar, { first, last, width })}  ${note}`.trimEnd(),
  );
  const [start, end] = [clock(first), clock(last)];
  const scale = `${' '.repeat(labels)}  ${start}${end.padStart(width - start.length)}  UTC, ${new Date(first).toISOString().slice(0, 10)}`;
  return `${[scale, ...lines].join('\n')}\n`;
}

interface Scale {
  readonly first: number;
  readonly last: number;
  readonly width: number;
}

/** Draws full blocks from start to end, at least one, or an arrow if the end is open. */
function drawn({ from, to }: Pick<Bar, 'from' | 'to'>, { first, last, width }: Scale): string {
  if (from === null) return ' '.repeat(width);
  const place = (time: number) => (last === first ? 0 : Math.round(((time - first) / (last - first)) * width));
  const begin = Math.min(place(from), width - 1);
  const end = to === null ? width : Math.max(place(to), begin + 1);
  const bar = to === null ? `${'─'.repeat(end - begin - 1)}▶` : '█'.repeat(end - begin);
  return `${' '.repeat(begin)}${bar}`.padEnd(width);
}

function segmentBar({ kind, start, end, seconds, outcome, user, participant }: Segment): Bar {
  const parts = [
    seconds === undefined ? (start === undefined ? '' : `from ${clock(readTimestamp(start))} on`) : `${seconds} s`,
    ...(start === undefined ? ['position unknown'] : []),
    ...(user === undefined ? [] : [`to agent ${user}`]),
    ...(participant === undefined ? [] : [`row ${participant}`]),
    ...(outcome === undefined ? [] : [outcome]),
  ];
  return {
    label: kind,
    from: start === undefined ? null : readTimestamp(start),
    to: end === undefined ? null : readTimestamp(end),
    note: parts.filter((part) => part !== '').join(', '),
  };
}

/** A participant who never connected has no bar. */
function presenceBar({ type, user, participant, connected_at, ended_at }: Presence): Bar[] {
  const from = parseTimestamp(connected_at);
  if (from === null) return [];
  const who = user === null || user === undefined ? String(type) : `${type} ${user}`;
  return [{ label: who, from, to: parseTimestamp(ended_at), note: `row ${participant}` }];
}

const clock = (time: number) => new Date(time).toISOString().slice(11, 19);
