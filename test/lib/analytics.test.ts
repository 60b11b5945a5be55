import { describe, expect, it } from 'vitest';
import { ENDPOINTS, findEndpoint } from '../../catalog/index.ts';
import { createViews } from '../../sql/all-views.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, resource, resources, synthesise, text } from './template.ts';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';
const { template, nested } = synthesise({
  tenants: [
    { ...ACME, historyStart: '2026-03-01' },
    { ...ACME, name: 'beta', historyStart: '2025-06-15' },
  ],
});
const lake = `\${${resource(template, 'AWS::S3::Bucket')[0]}}`;
const tables = new Map<string, Json>(
  [...resources(template, 'AWS::Glue::Table').values()].map((properties) => [properties.TableInput.Name, properties]),
);
const inputOf = (name: string) => tables.get(name)?.TableInput;

it('the database has a raw table and a view of every endpoint in one namespace', () => {
  const [, database] = resource(template, 'AWS::Glue::Database');
  expect(database.DatabaseInput.Name).toBe('ccaip');
  for (const { DatabaseName } of tables.values()) expect(DatabaseName).toBe('ccaip');
  expect([...tables.keys()].sort()).toEqual(
    [...listRawTables(), ...createViews(), { name: 'tenant' }].map(({ name }) => name).sort(),
  );
  for (const { name } of ENDPOINTS) expect([...tables.keys()]).toEqual(expect.arrayContaining([name, `raw_${name}`]));
});

const other = synthesise({ name: 'ccaip-test', encryptionKeyArn: KEY, queryScanLimitGigabytes: 0.5 }).template;

it('a name with hyphens is a database that needs no quotes', () => {
  expect(resource(other, 'AWS::Glue::Database')[1].DatabaseInput.Name).toBe('ccaip_test');
});

describe.each(listRawTables())('the raw table $name', ({ name, prefix, partitions, location, endpoint }) => {
  const isReading =
    endpoint === undefined ? name !== 'raw_call_segments' : findEndpoint(endpoint)?.source.kind === 'snapshot';
  const table = inputOf(name);

  it('has one text column and the partitions that ingestion writes', () => {
    expect(table.TableType).toBe('EXTERNAL_TABLE');
    expect(table.StorageDescriptor.Columns.map(({ Name, Type }: Json) => [Name, Type])).toEqual([['line', 'string']]);
    expect(table.PartitionKeys.map(({ Name, Type }: Json) => [Name, Type])).toEqual(
      partitions.map((partition) => [partition, 'string']),
    );
  });

  it('returns lines byte for byte, because no line can contain its delimiter or escape', () => {
    expect(table.StorageDescriptor.SerdeInfo).toEqual({
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': '\u001F', 'serialization.null.format': '\u001F' },
    });
  });

  it('projects partitions for the configured tenants from a year before the oldest history until now', () => {
    const { 'storage.location.template': template, EXTERNAL, ...projection } = table.Parameters;
    expect(projection).toEqual({
      'projection.enabled': 'true',
      ...(partitions.includes('endpoint') && {
        'projection.endpoint.type': 'enum',
        'projection.endpoint.values': ENDPOINTS.map((endpoint) => endpoint.name).join(','),
      }),
      'projection.tenant.type': 'enum',
      'projection.tenant.values': 'acme,beta',
      'projection.dt.type': 'date',
      'projection.dt.format': 'yyyy-MM-dd',
      'projection.dt.range': isReading ? '2024-06-14,NOW+7DAYS' : '2010-01-01,NOW+366DAYS',
      'projection.dt.interval': '1',
      'projection.dt.interval.unit': 'DAYS',
    });
    expect(text(template)).toBe(`s3://${lake}/${location}/`);
    for (const partition of partitions) expect(location).toContain(`\${${partition}}`);
    expect(text(table.StorageDescriptor.Location)).toBe(`s3://${lake}/${prefix}/`);
    expect(EXTERNAL).toBe('TRUE');
  });
});

describe.each(createViews())('the view $name', ({ name, sql, columns }) => {
  const view = inputOf(name);

  it('is stored as Athena stores it, with exactly its SQL text', () => {
    expect(view).toMatchObject({
      TableType: 'VIRTUAL_VIEW',
      Parameters: { presto_view: 'true', comment: 'Presto View' },
      ViewExpandedText: '/* Presto View */',
    });
    const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(view.ViewOriginalText) ?? [];
    const { columns: typed, ...definition } = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    expect(definition).toEqual({
      originalSql: sql.replaceAll(/\n */g, ' '),
      catalog: 'awsdatacatalog',
      schema: 'ccaip',
    });
    expect(typed).toEqual(columns.map((column) => ({ name: column.name, type: column.engineType })));
  });

  it('has columns with Hive types and descriptions', () => {
    const { Columns } = view.StorageDescriptor;
    expect(Columns.map(({ Name, Type }: Json) => [Name, Type])).toEqual(
      columns.map((column) => [column.name, column.hiveType]),
    );
    for (const { Type, Comment } of Columns) {
      expect(Type).toMatch(/^(bigint|double|boolean|string|timestamp|date)$/);
      expect(Comment.length).toBeLessThanOrEqual(255);
    }
    expect(
      Columns.filter(({ Comment }: Json) => Comment.endsWith(' Personal data.')).map(({ Name }: Json) => Name),
    ).toEqual(columns.filter(({ personal }) => personal).map((column) => column.name));
  });
});

it('the view tenant has the time zone of each contact centre', () => {
  const { template: zoned } = synthesise({
    tenants: [
      { ...ACME, timeZone: 'Europe/Berlin' },
      { ...ACME, name: 'beta' },
    ],
  });
  const view = [...resources(zoned, 'AWS::Glue::Table').values()].find(
    ({ TableInput }) => TableInput.Name === 'tenant',
  );
  const [, encoded = ''] = /: (\S+) /.exec(view.TableInput.ViewOriginalText) ?? [];
  expect(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')).originalSql).toBe(
    "SELECT * FROM (VALUES ('acme', 'Europe/Berlin'), ('beta', 'UTC')) AS t (tenant, time_zone)",
  );
});

it('the workgroup has the named queries', async () => {
  const [workgroup] = resource(template, 'AWS::Athena::WorkGroup', { Name: 'ccaip' });
  const [, { Parameters: parameters }] = resource(template, 'AWS::CloudFormation::Stack');
  const [parameter, value] = Object.entries(parameters)[0] ?? [];
  expect(value).toEqual({ Ref: workgroup });
  const saved = nested.flatMap((each) => [...resources(each, 'AWS::Athena::NamedQuery').values()]);
  expect(saved).toEqual(
    (await loadNamedQueries()).map(({ name, question, sql }) => ({
      Name: name,
      Description: question,
      Database: 'ccaip',
      WorkGroup: { Ref: parameter },
      QueryString: sql,
    })),
  );
});

describe('the workgroup', () => {
  const configurationOf = (from: typeof template, Name = 'ccaip') =>
    resource(from, 'AWS::Athena::WorkGroup', { Name })[1].WorkGroupConfiguration;

  it('enforces the location and encryption of results and the scan limit', () => {
    const { ResultConfiguration, ...configuration } = configurationOf(template);
    expect(configuration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 100e9,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
    });
    expect(text(ResultConfiguration.OutputLocation)).toBe(`s3://${lake}/athena-results/`);
    expect(ResultConfiguration.EncryptionConfiguration).toEqual({ EncryptionOption: 'SSE_S3' });
  });

  it('follows the configuration', () => {
    const { ResultConfiguration, BytesScannedCutoffPerQuery } = configurationOf(other, 'ccaip-test');
    expect(BytesScannedCutoffPerQuery).toBe(5e8);
    expect(ResultConfiguration.EncryptionConfiguration).toEqual({ EncryptionOption: 'SSE_KMS', KmsKey: KEY });
  });
});
