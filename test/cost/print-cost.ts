import { parseArgs, styleText } from 'node:util';
import { billOf } from './bill.ts';
import { type CountedDay, countDay } from './day.ts';
import { PRICES_OF } from './prices.ts';
import { standingCosts } from './standing.ts';

// npm run cost [-- --minutes 15] [-- --json]: what a live day costs, counted at a small and a big centre
const SEATS = [100, 400] as const;

const { values } = parseArgs({ options: { json: { type: 'boolean' }, minutes: { type: 'string', default: '0' } } });

async function count(seats: number): Promise<CountedDay> {
  const onHour = (hour: number) => void process.stderr.write(`\r${seats} seats: hour ${hour} of 24 `);
  const day = await countDay({ seats, leastMinutes: Number(values.minutes), onHour });
  process.stderr.write('\r');
  return day;
}

const small = await count(SEATS[0]);
const big = await count(SEATS[1]);
const billOfBig = billOf(big);

// a day costs something for running at all, and something for each call
const lines = billOf(small).map(({ what, units, dollars }, index) => {
  const { units: unitsOfBig, dollars: dollarsOfBig } = billOfBig[index] ?? { units: 0, dollars: 0 };
  const perCall = (dollarsOfBig - dollars) / (big.calls - small.calls);
  return {
    what,
    units: { small: units, big: unitsOfBig },
    perMillionCalls: { small: (dollars / small.calls) * 1e6, big: (dollarsOfBig / big.calls) * 1e6 },
    perFurtherMillionCalls: perCall * 1e6,
    perTenantAndMonth: ((dollars - perCall * small.calls) * 365) / 12,
  };
});
type Sums = {
  perMillionCalls: { small: number; big: number };
  perFurtherMillionCalls: number;
  perTenantAndMonth: number;
};
const total = lines.reduce<Sums>(
  (sum, line) => ({
    perMillionCalls: {
      small: sum.perMillionCalls.small + line.perMillionCalls.small,
      big: sum.perMillionCalls.big + line.perMillionCalls.big,
    },
    perFurtherMillionCalls: sum.perFurtherMillionCalls + line.perFurtherMillionCalls,
    perTenantAndMonth: sum.perTenantAndMonth + line.perTenantAndMonth,
  }),
  { perMillionCalls: { small: 0, big: 0 }, perFurtherMillionCalls: 0, perTenantAndMonth: 0 },
);
const standing = standingCosts(small);
const days = [small, big].map(({ meter, ...day }, index) => ({ seats: SEATS[index], ...day, awsCalls: meter.calls }));

if (values.json) console.log(JSON.stringify({ prices: PRICES_OF, days, lines, total, standing }, null, 2));
else show();

function show(): void {
  const dollars = (amount: number) => amount.toFixed(2);
  for (const { seats, calls, versions, runs } of days)
    console.log(
      `${seats} seats: ${calls} calls in the day, ${dollars(versions / calls)} versions of each, ${runs} runs`,
    );
  console.log(styleText('bold', `dollars, prices of ${PRICES_OF}`));
  const row = ({ perMillionCalls, perFurtherMillionCalls, perTenantAndMonth }: Sums) => ({
    [`per million calls, ${SEATS[0]} seats`]: dollars(perMillionCalls.small),
    [`${SEATS[1]} seats`]: dollars(perMillionCalls.big),
    'each further million': dollars(perFurtherMillionCalls),
    'per tenant and month': dollars(perTenantAndMonth),
  });
  console.table(
    Object.fromEntries([
      ...lines.map(({ what, units, ...line }) => [
        what,
        { [`units, ${SEATS[0]} seats`]: Math.round(units.small), ...row(line) },
      ]),
      ['all', row(total)],
    ]),
  );
  console.log(styleText('bold', 'a deployment with one tenant, dollars a month'));
  const fixed = standing.reduce((sum, each) => sum + each.dollars, 0);
  console.table([
    ...standing.map(({ what, count, dollars: amount }) => ({
      what,
      count: Math.round(count),
      dollars: dollars(amount),
    })),
    { what: 'all', dollars: dollars(fixed) },
  ]);
}
