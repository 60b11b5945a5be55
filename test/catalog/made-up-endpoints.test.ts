import { describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { generatePages } from '../../cli/documentation/generated-pages.ts';
import { BACKFILLED } from '../../lambdas/runs/backfill-slices.ts';
import { listExpectedPlaces } from '../../lambdas/watch/expected-places.ts';
import { serve } from '../../simulator/api-server.ts';
import { simulate } from '../../simulator/simulation.ts';
import { createViews } from '../../sql/all-views.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { readRepositoryFile } from '../docs/documents.ts';
import { isAllowed } from '../lib/policy.ts';
import { ACME } from '../lib/sample-configuration.ts';
import { type Json, resource, resources, synthesise, text } from '../lib/template.ts';
import { commandLine } from '../support/command-line.ts';
import { MADE_UP } from '../support/made-up-endpoints.ts';
import { endpointsOf } from '../upgrade/past-life.ts';

vi.mock('../../catalog/index.ts', async (importOriginal) => {
  const { extendCatalog } = await import('../support/made-up-endpoints.ts');
  return extendCatalog(await importOriginal<typeof import('../../catalog/index.ts')>());
});

const NAMES = MADE_UP.map(({ name }) => name);

it.each(NAMES)('%s has a raw table, a view and a history', (name) => {
  expect(listRawTables().map((table) => table.name)).toContain(`raw_${name}`);
  expect(createViews().map((view) => view.name)).toEqual(expect.arrayContaining([name, `${name}_history`]));
});

it('the curated ones among them have a curated table', () => {
  const curated = MADE_UP.filter((endpoint) => endpoint.curated).map(({ name }) => `curated_${name}`);
  expect(listCuratedTables().map(({ name }) => name)).toEqual(expect.arrayContaining(curated));
  expect(curated).toHaveLength(2);
});

it('only the tail among them can be backfilled', () => {
  expect(BACKFILLED.filter((name) => NAMES.includes(name))).toEqual(['shift']);
});

describe.each(MADE_UP)('in the template, $name', ({ name, source }) => {
  const { template } = synthesise();

  it('has a function, schedules, queues, a place in the watch and tables, and a line in each graph', () => {
    resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` });
    const [, schedule] = resource(template, 'AWS::Scheduler::Schedule', { Name: `acme.${name}` });
    expect(text(schedule.Target.Arn)).toMatch(new RegExp(`:function:ccaip-${name}$`));
    for (const queue of ['failed', 'undelivered'])
      resource(template, 'AWS::SQS::Queue', { QueueName: `ccaip-${name}-${queue}` });
    expect(listExpectedPlaces({ acme: {} }).map(({ endpoint }) => endpoint)).toContain(name);
    const tables = [...resources(template, 'AWS::Glue::Table').values()].map(({ TableInput }: Json) => TableInput.Name);
    expect(tables).toEqual(expect.arrayContaining([name, `${name}_history`, `raw_${name}`]));
    const [, { DashboardBody }] = resource(template, 'AWS::CloudWatch::Dashboard');
    expect(text(DashboardBody)).toContain(`"label":"${name}"`);
  });

  it('may write its own records, read those of its parents, and nothing else', async () => {
    const lake = `\${${resource(template, 'AWS::S3::Bucket')[0]}.Arn}`;
    const may = (action: string, endpoint: string) =>
      isAllowed(template, `ccaip-${name}`, { action, resource: `${lake}/raw/${endpoint}/tenant=acme/x` });
    const parents = source.kind === 'nested' ? source.parents.map(({ endpoint }) => endpoint) : [];
    expect(await may('s3:PutObject', name)).toBe(true);
    for (const other of ENDPOINTS.map((endpoint) => endpoint.name).filter((each) => each !== name)) {
      expect([other, await may('s3:PutObject', other)]).toEqual([other, false]);
      expect([other, await may('s3:GetObject', other)]).toEqual([other, parents.includes(other)]);
    }
  });
});

describe('with 50 tenants', () => {
  const { template, nested } = synthesise({
    curation: true,
    tenants: Array.from({ length: 50 }, (_, i) => ({ ...ACME, name: `tenant-${i}` })),
  });

  it.each([template, ...nested].map((each, i) => [i, each] as const))('stack %i stays within limits', (_, each) => {
    expect(Object.keys(each.toJSON().Resources).length).toBeLessThanOrEqual(500);
    expect(JSON.stringify(each.toJSON()).length).toBeLessThanOrEqual(1_000_000);
  });
});

describe('npm run docs', () => {
  const pages = new Map(generatePages(readRepositoryFile).map(({ path, text: page }) => [path, page]));

  it.each(MADE_UP)('adds $name to every page', ({ name, title, doc, everyMinutes }) => {
    expect(pages.get('docs/data-dictionary.md')).toContain(`\n## ${name}\n\n${doc}\n`);
    expect(pages.get('docs/data-dictionary.md')).toContain(`\n## ${name}_history\n`);
    expect(pages.get('docs/dbt/sources.yml')).toContain(`      - name: ${name}\n        description: "${doc}`);
    expect(pages.get('docs/endpoints.md')).toMatch(
      new RegExp(`^\\| ${title} \\| \`${name}\` \\| .* \\| ${everyMinutes} \\|$`, 'm'),
    );
    const { context } = JSON.parse(pages.get('cdk.schema.json') ?? '').properties;
    const { endpoints } = context.properties.ccaip.properties.tenants.items.properties;
    expect(endpoints.properties[name].properties.everyMinutes.description).toMatch(/^Minutes between two runs/);
  });

  it('changes nothing else', () => {
    const withoutRows = (pages.get('docs/endpoints.md') ?? '')
      .split('\n')
      .filter((line) => !MADE_UP.some(({ title }) => line.startsWith(`| ${title} |`)));
    expect(withoutRows.join('\n')).toBe(readRepositoryFile('docs/endpoints.md'));
  });
});

describe('ccaip', () => {
  it('names them in its help', async () => {
    const { stdout } = await commandLine(['run', '--help']);
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^Endpoints: [^]*\\b${name}\\b`, 'm'));
  });

  it('recognises their names, and suggests them for similar names', async () => {
    const { code, stderr } = await commandLine(['run', 'shift', 'shift_brake']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no endpoint "shift_brake"; did you mean "shift_break"?');
  });

  it('reports which of them cannot be backfilled', async () => {
    const { code, stderr } = await commandLine(['backfill', '--endpoint', 'site', '--from', '2d', '--to', '1d']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('site is a snapshot')]);
  });
});

it('a simulated centre serves their collections, which are empty', async () => {
  const simulation = simulate({ days: 1, seats: 2 });
  const server = await serve(simulation, { now: () => simulation.endMs, emptyCollections: ['/shifts', '/sites'] });
  try {
    const authorization = `Basic ${btoa('simulator:simulator')}`;
    const answer = await fetch(`${server.url}/shifts?sort_column=changed_at`, { headers: { authorization } });
    expect([answer.status, await answer.json()]).toEqual([200, []]);
  } finally {
    await server.close();
  }
});

it('have no state of an earlier release', async () => {
  const release = JSON.parse(readRepositoryFile('test/upgrade/releases/0.1.0.json'));
  expect(endpointsOf(release).map(({ name }) => name)).toContain('call');
  expect(endpointsOf(release).filter(({ name }) => NAMES.includes(name))).toEqual([]);
});
