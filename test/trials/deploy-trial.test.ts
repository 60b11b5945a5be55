import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };

it('the trial of a deployment says that it is skipped if no endpoint is given', () => {
  const script = project.scripts['trial:deploy'].replace(/^node /, '');
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'skipped: AWS_ENDPOINT_URL names no emulator of AWS\n' });
});
