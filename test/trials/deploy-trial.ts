import { LambdaClient } from '@aws-sdk/client-lambda';
import { listPaths } from '../../catalog/index.ts';
import type { ConfigurationInput } from '../../lib/constructs.ts';
import { serve } from '../../simulator/api-server.ts';
import { simulate } from '../../simulator/simulation.ts';
import { checkAudit } from './deployed-audit.ts';
import { invokeSchedules, sendDeadLetter, watchOnce } from './deployed-functions.ts';
import { DeployedLosses } from './deployed-losses.ts';
import { compareWithTruth, readOutputs } from './deployed-truth.ts';
import { findGaps } from './emulator-gaps.ts';
import { TrialDeployment } from './trial-deployment.ts';

// npm run trial:deploy: deploys the stack onto what AWS_ENDPOINT_URL names, and walks docs/deploy.md. It needs an emulator that runs
// functions on this machine, because they read a platform on 127.0.0.1.
if (process.env.AWS_ENDPOINT_URL === undefined) {
  console.log('skipped: AWS_ENDPOINT_URL names no emulator of AWS');
  process.exit(0);
}
const region = process.env.AWS_REGION ?? 'us-east-1';
const account = process.env.CDK_DEFAULT_ACCOUNT ?? '000000000000';
const NAME = 'ccaip-trial';
const CREDENTIAL = { username: 'trial', password: 'trial' };

let started = performance.now();
/** Prints what was done, and how long it took. */
function done(what: string): void {
  console.log(`${what.padEnd(66)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  started = performance.now();
}

const simulation = simulate({ seed: 1, days: 2, seats: 8 });
const now = () => simulation.endMs;
const server = await serve(simulation, { now, requestsPerSecond: null, emptyCollections: listPaths(), ...CREDENTIAL });
const tenantOf = (name: string) => ({
  name,
  baseUrl: server.url,
  requestsPerSecond: 50,
  historyStart: new Date(simulation.startMs).toISOString().slice(0, 10),
});
const one = { tenants: [tenantOf('acme')] };
const two = { tenants: [tenantOf('acme'), tenantOf('beta')], dailyQueueTotals: {} };
const where = ['--deployment', NAME, '--region', region];

await using deployment = await TrialDeployment.create({ name: NAME, alarmEmail: 'ops@example.com' });
const deploy = (settings: Partial<ConfigurationInput>) =>
  deployment.cdk(['deploy', '--all', '--require-approval', 'never', '--no-notices'], settings);
const fill = (tenant: string) =>
  deployment.ccaip(['secret', 'set', '--tenant', tenant, ...where], JSON.stringify(CREDENTIAL));
const lambda = new LambdaClient({ region });
const losses = new DeployedLosses(region);

try {
  await deployment.cdk(['bootstrap', '--no-notices', `aws://${account}/${region}`], one);
  done('cdk bootstrap');
  await deploy(one);
  done('cdk deploy: one tenant');
  await fill('acme');
  done('ccaip secret set');
  const audit = await checkAudit(NAME, region);
  done(`the audit's state machine and schedules: ${audit}`);
  const runs = await invokeSchedules(lambda, NAME, region, 'acme');
  done(`every schedule's target, with its own input: ${runs.length} functions, all caught up`);
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  done('S3 and DynamoDB hold what the simulation produced');
  await deployment.ccaip(['doctor', ...where]);
  done('ccaip doctor finds nothing wrong');
  const status: unknown[] = JSON.parse(await deployment.ccaip(['status', '--json', ...where]));
  done(`ccaip status: ${status.length} endpoints`);
  const outputs = await readOutputs(NAME, region);
  const [bucket = '', stateTable = '', metricsTable = ''] = ['LakeBucket', 'StateTable', 'MetricsTable'].map((each) =>
    outputs.get(each),
  );
  const earlier = await losses.readItems(stateTable);
  const day = (offset: number) => new Date(simulation.endMs - offset * 86_400_000).toISOString().slice(0, 10);
  const range = ['--from', day(2), '--to', day(1)];
  await deployment.ccaip(['backfill', '--endpoint', 'call', '--tenant', 'acme', ...range, ...where]);
  done('ccaip backfill: one day of calls');
  await deployment.ccaip(['replay', '--endpoint', 'call', '--tenant', 'acme', ...where]);
  done('ccaip replay: calls');
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  done('S3 and DynamoDB hold the same as before');

  // the runbooks of docs/operations.md#when-data-is-lost
  const deleted = await losses.emptyBucket(bucket);
  const removed = await losses.removeMarkers(bucket);
  if (deleted !== removed) throw new Error(`${deleted} objects were deleted, ${removed} came back`);
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  done(`bucket emptied by mistake: ${removed} objects are back`);
  await losses.replaceItems(stateTable, earlier);
  await deployment.ccaip(['rebuild', '--force', ...where]);
  await invokeSchedules(lambda, NAME, region, 'acme');
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  done('state table restored to a point in time: rebuilt, runs continue');
  await losses.replaceItems(stateTable, []);
  await losses.replaceItems(metricsTable, []);
  const refused = await invokeSchedules(lambda, NAME, region, 'acme', ['call']).then(() => '', String);
  if (!refused.includes('ccaip rebuild')) throw new Error(`a run started again beside its data: ${refused}`);
  await deployment.ccaip(['rebuild', '--dry-run', ...where]);
  await deployment.ccaip(['rebuild', ...where]);
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  await invokeSchedules(lambda, NAME, region, 'acme');
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  done('both tables lost: a run refuses to start again, rebuilt, runs continue');
  await deployment.ccaip(['doctor', ...where]);
  done('ccaip doctor finds nothing wrong');

  await sendDeadLetter(NAME, region, 'acme');
  const listed = await deployment.ccaip(['dlq', 'list', '--json', ...where]);
  if (!listed.includes('acme')) throw new Error(`the dead letter is not listed: ${listed}`);
  await deployment.ccaip(['dlq', 'replay', ...where]);
  done('ccaip dlq list and replay');
  await sendDeadLetter(NAME, region, 'acme');
  await invokeSchedules(lambda, NAME, region, 'acme', ['call']);
  const report = await watchOnce(lambda, NAME, region);
  done(`the watch: ${JSON.stringify(report)}`);
  await deploy(two);
  done('cdk deploy: a second tenant, daily queue totals');
  await fill('beta');
  await invokeSchedules(lambda, NAME, region, 'beta');
  console.log(await compareWithTruth(NAME, region, 'beta', simulation));
  done('the second tenant has the same data');
  const half = (await losses.readItems(metricsTable)).filter((_, index) => index % 2 === 0);
  const restored = `${NAME}-metrics-restored`;
  await losses.restoreTable(metricsTable, restored, half);
  const adopting = { tenants: two.tenants, names: { metricsTable: restored }, adopt: ['metricsTable' as const] };
  await deploy(adopting);
  await deployment.ccaip(['replay', ...where]);
  console.log(await compareWithTruth(NAME, region, 'acme', simulation));
  done('metrics table restored to a point in time: adopted, replayed');
  await deployment.cdk(['destroy', '--all', '--force', '--no-notices'], adopting);
  done('cdk destroy');
  const names = { lakeBucket: bucket, metricsTable: restored, stateTable };
  await deploy({ tenants: two.tenants, names, adopt: ['lakeBucket', 'metricsTable', 'stateTable'] });
  for (const tenant of ['acme', 'beta']) {
    await fill(tenant);
    await invokeSchedules(lambda, NAME, region, tenant);
    console.log(await compareWithTruth(NAME, region, tenant, simulation));
  }
  done('stack deleted, data retained: adopted, runs continue');
  for (const gap of await findGaps(NAME, region)) console.log(`not emulated: ${gap}`);
  done('what this endpoint does not do as AWS does');
} finally {
  await deployment.cdk(['destroy', '--all', '--force', '--no-notices'], two).then(
    () => done('cdk destroy'),
    (error: unknown) => {
      process.exitCode = 1;
      console.log(String(error));
    },
  );
  await server.close();
}
