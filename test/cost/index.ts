import { styleText } from 'node:util';
import { billOf, type Line } from './bill.ts';
import { countDay } from './day.ts';
import { PRICES_OF } from './prices.ts';

// npm run cost [-- --json]: what a live day costs, counted at a small and a big centre
const SEATS = [100, 400];

const asJson = process.argv.includes('--json');

interface Day {
  readonly seats: number;
  readonly calls: number;
  readonly versions: number;
  readonly runs: number;
  readonly requests: number;
  readonly lines: readonly (Line & { readonly perMillionCalls: number })[];
  readonly total: number;
  readonly perMillionCalls: number;
}

const days: Day[] = [];
for (const seats of SEATS) {
  const day = await countDay(seats, (hour) => void process.stderr.write(`\r${seats} seats: hour ${hour} of 24 `));
  process.stderr.write('\r');
  const lines = billOf(day).map((line) => ({ ...line, perMillionCalls: (line.dollars / day.calls) * 1e6 }));
  const { calls, versions, runs, requests } = day;
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  days.push({ seats, calls, versions, runs, requests, lines, total, perMillionCalls: (total / calls) * 1e6 });
  // at once: the second day takes longer
  const counted = days.at(-1);
  if (counted && !asJson) show(counted);
}
const [small, big] = days;
// a day costs something for running at all, and something for each call
const perCall = small && big ? (big.total - small.total) / (big.calls - small.calls) : 0;
const fixedPerDay = small ? small.total - perCall * small.calls : 0;
const result = {
  prices: PRICES_OF,
  days,
  marginalPerMillionCalls: perCall * 1e6,
  fixedPerTenantAndMonth: fixedPerDay * 30,
};

if (asJson) console.log(JSON.stringify(result, null, 2));
else
  console.log(
    `each further million calls: $${result.marginalPerMillionCalls.toFixed(2)}; running at all: $${result.fixedPerTenantAndMonth.toFixed(2)} per tenant and month (prices of ${PRICES_OF})`,
  );

function show({ seats, calls, versions, lines, perMillionCalls }: Day): void {
  const title = `${seats} seats: ${calls} calls in a day, ${(versions / calls).toFixed(2)} versions of each, $${perMillionCalls.toFixed(2)} per million calls`;
  console.log(styleText('bold', title));
  console.table(
    Object.fromEntries(
      lines.map(({ what, units, dollars, perMillionCalls: share }) => [
        what,
        { units: Math.round(units), 'dollars a day': dollars.toFixed(4), 'per million calls': share.toFixed(2) },
      ]),
    ),
  );
}
