import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ACME, CONTEXT } from './sample-configuration.ts';

const outdir = mkdtempSync(join(tmpdir(), 'ccaip-app-'));
const temporary = mkdtempSync(join(tmpdir(), 'ccaip-app-'));
afterAll(() => {
  for (const folder of [outdir, temporary]) rmSync(folder, { recursive: true });
});

const run = (ccaip: unknown) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../bin/app.ts')], {
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      TMPDIR: temporary,
      CDK_CONTEXT_JSON: JSON.stringify({ ...CONTEXT, ccaip }),
      CDK_VALIDATION: 'true',
    },
  });

describe('the app', { timeout: 240_000 }, () => {
  it('writes a template that fits the schemas of CloudFormation, without a warning, and leaves no temporary file', () => {
    expect(run({ name: 'mine', tenants: [ACME], alarmEmail: 'ops@example.com' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(readdirSync(outdir)).toContain('Ccaip.template.json');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('exits with code 1 and the mistakes, without a stack trace, for a bad configuration', () => {
    const { status, stderr } = run({ tenants: [{ ...ACME, domian: 'x' }], retainDta: true });
    expect(status).toBe(1);
    expect(stderr).toContain('did you mean "domain"?');
    expect(stderr).toContain('did you mean "retainData"?');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('accepts the configuration in the repository', () => {
    expect(CONTEXT.ccaip.tenants).toEqual([ACME]);
  });
});
