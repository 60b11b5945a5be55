import { LAWS, type Violation } from './laws/violation.ts';
import type { Outcome } from './simulate-seed.ts';

/** Violations of one seed that are worth printing: the others mostly follow from the same cause. */
const SHOWN = 5;

/** The one command that shows a seed again, step by step. */
export const replayCommand = (seed: number, quirks: readonly string[]) =>
  `npx node test/chaos/run-chaos.ts --seed ${seed} --quirks ${quirks.join(',') || 'none'} --trace`;

/** A failing seed as text: what did not hold, where, and the last steps before. */
export function describeFailure({ seed, quirks, violations, lastSteps }: Outcome): string {
  const more = violations.length > SHOWN ? [`  ... and ${violations.length - SHOWN} more`] : [];
  return [
    `seed ${seed} breaks ${new Set(violations.map(({ law }) => law)).size} law(s): ${replayCommand(seed, quirks)}`,
    `  quirks: ${quirks.join(', ') || 'none'}`,
    ...violations.slice(0, SHOWN).map(describeViolation),
    ...more,
    '  last steps:',
    ...lastSteps.map((step) => `    ${step}`),
  ].join('\n');
}

/** A broken law in one line. */
export const describeViolation = ({ law, tenant, endpoint, record, message }: Violation) =>
  `  ${law}: ${LAWS[law]}\n    ${[tenant, endpoint, record].filter((part) => part !== '').join(' ')}: ${message}`;
