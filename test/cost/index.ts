import { styleText } from 'node:util';
import { billOf } from './bill.ts';
import { countDay } from './day.ts';
import { PRICES_OF } from './prices.ts';

// npm run cost [-- --json]: what a live day costs, counted at a small and a big centre
const SEATS = [100, 400];

const days = [];
for (const seats of SEATS) {
  const day = await countDay(seats, (hour) => void process.stderr.write(`\r${seats} seats: hour ${hour} of 24 `));
  process.stderr.write('\r');
  const lines = billOf(day).map((line) => ({ ...line, perMillionCalls: (line.dollars / day.calls) * 1e6 }));
  const { calls, versions, runs, requests } = day;
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  days.push({ seats, calls, versions, runs, requests, lines, total, perMillionCalls: (total / calls) * 1e6 });
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

if (process.argv.includes('--json')) console.log(JSON.stringify(result, null, 2));
else {
  for (const { seats, calls, versions, lines, perMillionCalls } of days) {
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
  console.log(
    `each further million calls: $${result.marginalPerMillionCalls.toFixed(2)}; running at all: $${result.fixedPerTenantAndMonth.toFixed(2)} per tenant and month (prices of ${PRICES_OF})`,
  );
}
