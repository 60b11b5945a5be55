import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { parseConfiguration } from '../../lib/configuration/configuration.ts';
import { ConfigurationError } from '../../lib/configuration/configuration-error.ts';
import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { readTenantBaseUrl } from '../../lib/configuration/tenant-configuration.ts';
import { ACME } from './sample-configuration.ts';

function mistakesIn(value: unknown): readonly string[] {
  try {
    parseConfiguration(value);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes;
    throw error;
  }
  return [];
}

const mistakesInTenant = (tenant: Record<string, unknown>) => mistakesIn({ tenants: [{ ...ACME, ...tenant }] });

describe('a configuration', () => {
  it('needs only the subdomain and domain of one tenant', () => {
    expect(parseConfiguration({ tenants: [ACME] })).toEqual({
      name: 'ccaip',
      tenants: [{ ...ACME, timeZone: 'UTC', requestsPerSecond: 8, historyStart: '2025-01-01', endpoints: {} }],
      names: {},
      adopt: [],
      tags: {},
      runbookUrl: 'docs/operations.md',
      retainData: true,
      curation: true,
      audit: { enabled: true, nightlyDays: 3, weeklyDays: 35, heal: true, maxRequests: 2000 },
      logRetentionDays: 90,
      rawStorageClass: 'standard',
      rawTransitionDays: 30,
      formerVersionRetentionDays: 30,
      quarantineRetentionDays: 90,
      queryResultRetentionDays: 30,
      queryScanLimitGigabytes: 100,
    });
  });

  it('does not change when it is checked again', () => {
    const once = parseConfiguration({ tenants: [{ ...ACME, endpoints: { call: { everyMinutes: 1 } } }] });
    expect(parseConfiguration(once)).toEqual(once);
  });

  it('reports all mistakes at once with their place, the kind of value and what is allowed', () => {
    expect(
      mistakesIn({
        tenants: [
          { subdomain: 'acme', domian: 'uc1.ccaiplatform.com', requestsPerSecond: '8' },
          { ...ACME, historyStart: '2025-13-01', endpoints: { chats: {}, call: { enabled: 'no', everyMinutes: 1.5 } } },
          ACME,
          null,
        ],
        logRetentionDays: 4,
        retainData: [],
        encryptionKeyArn: '',
      }),
    ).toEqual([
      'ccaip.tenants[0].requestsPerSecond is a text; allowed: a number',
      expect.stringMatching(
        /^ccaip\.tenants\[0\]\.domian is an unknown name; did you mean "domain"\? allowed: domain, (\w+, ){4}\w+ and 6 more \(cdk\.schema\.json lists all\)$/,
      ),
      'ccaip.tenants[0].domain is missing; allowed: subdomain and domain, or baseUrl',
      'ccaip.tenants[1].historyStart is a text; allowed: a UTC date such as 2025-01-01',
      'ccaip.tenants[1].endpoints.call.enabled is a text; allowed: true or false',
      'ccaip.tenants[1].endpoints.call.everyMinutes is the number 1.5; allowed: a whole number of minutes from 1 to 1440',
      expect.stringMatching(
        `^ccaip\\.tenants\\[1\\]\\.endpoints\\.chats is an unknown name; did you mean "chat"\\? allowed: chat, (\\w+, ){4}\\w+ and ${ENDPOINTS.length - 6} more \\(cdk\\.schema\\.json lists all\\)$`,
      ),
      'ccaip.tenants[3] is null; allowed: an object',
      'ccaip.tenants[1].name is missing; allowed: a unique name ([0] has the same)',
      'ccaip.tenants[2].name is missing; allowed: a unique name ([0] has the same)',
      'ccaip.encryptionKeyArn is an empty text; allowed: the ARN of a KMS key (not of an alias)',
      'ccaip.retainData is a list of 0; allowed: true or false',
      expect.stringMatching(/^ccaip\.logRetentionDays is the number 4; allowed: one of 1, 3, 5, 7,/),
    ]);
  });

  it('refuses places of records that the endpoint cannot have', () => {
    const endpoints = {
      call: { parents: { chat: ['x[]'] } },
      photo: { path: '/photos' },
      video: { parents: { agent: ['videos[]'] } },
      team: { path: 'team' },
    };
    expect(mistakesIn({ tenants: [{ ...ACME, endpoints }] })).toEqual([
      'ccaip.tenants[0].endpoints.call is an object; allowed: a path, and no parents',
      'ccaip.tenants[0].endpoints.team.path is a text; allowed: a path like /teams',
      'ccaip.tenants[0].endpoints.photo is an object; allowed: parents among call, chat, and no path',
      'ccaip.tenants[0].endpoints.video is an object; allowed: parents among call, chat, and no path',
    ]);
  });

  it('suggests the nearest allowed word and refuses invalid names, numbers and addresses', () => {
    expect(
      mistakesIn({
        tenants: [{ ...ACME, timeZone: 'Europe/Berlinn' }],
        rawStorageClass: 'glacier-instant-retrival',
        rawTransitionDays: 0.5,
        alarmEmail: 'operator',
        runbookUrl: 'https://wiki.example.com/x#y',
        tags: { 'aws:mine': 'x', other: 5 },
        vpc: { subnetIds: ['subnet-1'], securityGroupIds: [], httpsProxy: 'http://user:secret@proxy' },
        names: { metricsTable: 'a b', tables: 'x' },
        reservedConcurrency: 0,
      }),
    ).toEqual([
      'ccaip.tenants[0].timeZone is a text; allowed: an IANA time zone such as Europe/Berlin',
      'ccaip.names.metricsTable is a text; allowed: letters, digits, dots, hyphens and underscores, 3 to 255',
      'ccaip.names.tables is an unknown name; allowed: lakeBucket, metricsTable, stateTable',
      'ccaip.tags.other is the number 5; allowed: a text',
      'ccaip.alarmEmail is a text; allowed: an e-mail address',
      'ccaip.runbookUrl is a text; allowed: an address without spaces and without #',
      'ccaip.vpc.subnetIds[0] is a text; allowed: an id such as subnet-0a1b2c3d4e5f67890',
      'ccaip.vpc.securityGroupIds is a list of 0; allowed: at least 1 of them',
      'ccaip.vpc.httpsProxy is a text; allowed: an address such as http://proxy.internal:3128, without a password',
      'ccaip.reservedConcurrency is the number 0; allowed: a whole number, 1 or more',
      'ccaip.rawStorageClass is a text; did you mean "glacier-instant-retrieval"? allowed: standard, intelligent-tiering, glacier-instant-retrieval',
      'ccaip.rawTransitionDays is the number 0.5; allowed: a whole number of days, 1 or more',
    ]);
  });

  it('keeps raw records longer than it takes them to move to another storage class', () => {
    const kept = (rawRetentionDays: number, rawStorageClass = 'intelligent-tiering') =>
      mistakesIn({ tenants: [ACME], rawStorageClass, rawTransitionDays: 30, rawRetentionDays });
    expect(kept(31)).toEqual([]);
    expect(kept(5, 'standard')).toEqual([]);
    expect(kept(30)).toEqual(['ccaip.rawRetentionDays is the number 30; allowed: more days than rawTransitionDays']);
  });

  it('adopts only what has a name, and no metrics table whose stream it needs', () => {
    const names = { metricsTable: 'old-metrics' };
    expect(mistakesIn({ tenants: [ACME], names, adopt: ['metricsTable'] })).toEqual([]);
    expect(mistakesIn({ tenants: [ACME], names, adopt: ['stateTable'] })).toEqual([
      'ccaip.adopt is a list of 1; allowed: resources that have a name in names',
    ]);
    expect(mistakesIn({ tenants: [ACME], names, adopt: ['metricsTable'], dailyQueueTotals: {} })).toEqual([
      expect.stringContaining('no metricsTable together with dailyQueueTotals'),
    ]);
  });

  it('accepts tags with names that AWS accepts', () => {
    expect(mistakesIn({ tenants: [ACME], tags: { 'cost-centre': '4711' } })).toEqual([]);
    expect(mistakesIn({ tenants: [ACME], tags: { 'aws:mine': 'x' } })).toEqual([
      'ccaip.tags is an object; allowed: tags whose names have 1 to 128 characters and do not begin with aws:',
    ]);
  });

  it.each([
    ['nothing at all', undefined, 'ccaip is missing; allowed: an object'],
    ['no tenants', {}, 'ccaip.tenants is missing; allowed: a list'],
    ['an empty list of tenants', { tenants: [] }, 'ccaip.tenants is a list of 0; allowed: at least 1 of them'],
  ])('is refused with %s', (_, value, mistake) => {
    expect(mistakesIn(value)).toEqual([mistake]);
  });

  it('never repeats a text, which may be a credential in the wrong place', () => {
    const mistakes = mistakesInTenant({
      name: 'Geheim-1',
      requestsPerSecond: 'Geheim-2',
      baseUrl: 'https://u:Geheim-3@x.y',
    });
    expect(mistakes).toHaveLength(4);
    expect(mistakes.join()).not.toContain('Geheim');
  });

  it('refuses names and hosts that do not fit into the environment of a function', () => {
    const tenants = Array.from({ length: 50 }, (_, i) => ({
      name: `tenant-${i}`,
      baseUrl: `https://${'a'.repeat(60)}.example.com/v1`,
    }));
    expect(mistakesIn({ tenants })).toEqual([
      'ccaip.tenants is a list of 50; allowed: tenants whose names and hosts have together at most 3600 characters. Deploy the others under another name',
    ]);
  });

  it('allows at most 50 tenants in one deployment', () => {
    const tenants = (count: number) => Array.from({ length: count }, (_, i) => ({ ...ACME, name: `tenant-${i}` }));
    expect(mistakesIn({ tenants: tenants(50) })).toEqual([]);
    expect(mistakesIn({ tenants: tenants(51) })).toEqual([
      'ccaip.tenants is a list of 51; allowed: at most 50 tenants. Deploy the others under another name',
    ]);
  });
});

describe('the address of a tenant', () => {
  const addressOf = (tenant: Record<string, unknown>) =>
    parseConfiguration({ tenants: [tenant] }).tenants.map(readTenantBaseUrl)[0];

  it('is made from subdomain, domain and path prefix', () => {
    expect(addressOf(ACME)).toBe('https://acme.uc1.ccaiplatform.com/manager/api/v1');
    expect(addressOf({ ...ACME, pathPrefix: '/apps/api/v1' })).toBe('https://acme.uc1.ccaiplatform.com/apps/api/v1');
  });

  it('can be given as a whole', () => {
    expect(addressOf({ name: 'beta', baseUrl: 'https://beta.example.com/v1' })).toBe('https://beta.example.com/v1');
  });

  it.each(['http://127.0.0.1:8080/v1', 'http://localhost/v1'])(
    'can be %s, on the machine of an emulator',
    (baseUrl) => {
      expect(addressOf({ name: 'beta', baseUrl })).toBe(baseUrl);
    },
  );

  it.each([
    ['plain http to a host whose name begins like a local one', { baseUrl: 'http://localhost.example.com/v1' }],
    ['no host', { baseUrl: 'https://%/v1' }],
    ['plain http', { baseUrl: 'http://beta.example.com/v1' }],
    ['a password', { baseUrl: 'https://user:password@beta.example.com/v1' }],
  ])('must not have %s', (_, tenant) => {
    expect(mistakesIn({ tenants: [{ name: 'beta', ...tenant }] })).toEqual([
      'ccaip.tenants[0].baseUrl is a text; allowed: an https URL such as https://acme.example.com/manager/api/v1, without a password',
    ]);
  });

  it('cannot be given twice or without a name', () => {
    expect(mistakesInTenant({ baseUrl: 'https://beta.example.com/v1' })).toEqual([
      'ccaip.tenants[0].baseUrl is a text; allowed: either baseUrl or subdomain, domain and pathPrefix',
      'ccaip.tenants[0].name is missing; allowed: a name, because there is no subdomain to take it from',
    ]);
  });
});

describe('the suggested name', () => {
  const names = ['subdomain', 'domain', 'call', 'chat', 'call_participant'];

  it.each([
    ['subdomian', 'subdomain'],
    ['Domain', 'domain'],
    ['calls', 'call'],
    ['callparticipant', 'call_participant'],
  ])('to %s is %s', (written, meant) => {
    expect(suggestName(written, names)).toBe(`did you mean "${meant}"? `);
  });

  it('is empty if no name is near', () => {
    expect(suggestName('retention', names)).toBe('');
    expect(suggestName('x', [])).toBe('');
  });
});

describe('a list of names in a message', () => {
  const names = ['agent', 'agent_status_history', 'call', 'chat', 'call_participant', 'raw_call', 'team', 'video'];

  it('has every name if there are few', () => {
    expect(listNames(names.slice(0, 6), 'see all', 'calls')).toBe(names.slice(0, 6).join(', '));
  });

  it('is cut to the names nearest to the written one, with a hint how to see all', () => {
    expect(listNames(names, 'ccaip run --help lists all', 'calls')).toMatch(
      /^call, raw_call, (\w+, ){3}\w+ and 2 more \(ccaip run --help lists all\)$/,
    );
  });

  it('is cut in the given order if there is no written name', () => {
    expect(listNames(names, 'see all')).toBe(`${names.slice(0, 6).join(', ')} and 2 more (see all)`);
  });
});
