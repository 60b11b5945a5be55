import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../catalog/segment-metrics.ts';

const readme = readFileSync('README.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

describe('the README', () => {
  it('names every metric', () => {
    for (const metric of METRICS) expect(readme).toContain(`\`${metric}\``);
  });

  it('names commands that exist', () => {
    const names = [...readme.matchAll(/npm (?:run )?([a-z]+)\b/g)].map(([, name = '']) => name);
    expect(names).toContain('demo');
    for (const name of names.filter((each) => each !== 'ci')) expect(scripts).toHaveProperty(name);
  });
});
