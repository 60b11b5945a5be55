import { execFileSync } from 'node:child_process';
import v8 from 'node:v8';
import { afterEach, expect, it, vi } from 'vitest';
import { setHeapGrowth } from '../../lambdas/handlers/heap-growth.ts';

afterEach(() => void vi.restoreAllMocks());

it('sets a flag that V8 knows', () => {
  const set = vi.spyOn(v8, 'setFlagsFromString').mockReturnValue();
  setHeapGrowth('200');
  expect(set.mock.calls).toEqual([['--heap-growing-percent=200']]);
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(known).toContain('--heap-growing-percent ');
});

it('leaves V8 as it is if the function has no such variable', () => {
  const set = vi.spyOn(v8, 'setFlagsFromString').mockReturnValue();
  setHeapGrowth(undefined);
  expect(set).not.toHaveBeenCalled();
});
