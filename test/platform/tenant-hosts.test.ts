import { describe, expect, it } from 'vitest';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import { checkTenantHost, formatTenantHosts, tenantHostsSchema } from '../../lambdas/platform/tenant-hosts.ts';

const ACME = { name: 'acme', baseUrl: 'https://acme.uc1.ccaiplatform.com/manager/api/v1' };
const hosts = tenantHostsSchema.parse({ TENANT_HOSTS: formatTenantHosts([ACME]), SECRET_PREFIX: 'ccaip/' });
const tenant = (changes: Readonly<Record<string, string>> = {}) =>
  tenantSchema.parse({ ...ACME, secretId: 'ccaip/acme', historyStart: '2026-01-01T00:00:00Z', ...changes });

describe('the host of a tenant', () => {
  it.each([
    ACME.baseUrl,
    'https://acme.uc1.ccaiplatform.com/apps/api/v1',
    'https://ACME.uc1.CCAIPlatform.com:443/manager/api/v1',
  ])('accepts %s', (baseUrl) => {
    expect(() => checkTenantHost(hosts, tenant({ baseUrl }))).not.toThrow();
  });

  it.each([
    'https://evil.example/manager/api/v1',
    'https://acme.uc1.ccaiplatform.com.evil.example/manager/api/v1',
    'https://acme.uc1.ccaiplatform.com:8443/manager/api/v1',
    'https://evil.example/acme.uc1.ccaiplatform.com',
    'https://evil.example?acme.uc1.ccaiplatform.com',
    'https://evil.example#@acme.uc1.ccaiplatform.com',
    'https://evil.example\\@acme.uc1.ccaiplatform.com',
  ])('refuses %s', (baseUrl) => {
    expect(() => checkTenantHost(hosts, tenant({ baseUrl }))).toThrow(/belongs to acme\.uc1\.ccaiplatform\.com/);
  });

  it('does not name a credential that is written into the address', () => {
    const act = () => checkTenantHost(hosts, tenant({ baseUrl: 'https://u:a-secret@evil.example/v1' }));
    expect(act).toThrow(/contains a credential/);
    expect(act).not.toThrow(/a-secret/);
  });

  it.each(['toString', '__proto__', 'constructor'])('is unknown for a tenant named %s', (name) => {
    expect(() => checkTenantHost(hosts, { ...tenant(), name })).toThrow(/does not run for tenant/);
  });
});
