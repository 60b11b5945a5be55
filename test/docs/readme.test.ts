import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { METRICS } from '../../catalog/segment-metrics.ts';

const readme = readFileSync('README.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

const placeOf = ({ source }: Endpoint) =>
  source.kind === 'nested'
    ? source.parents
        .map(({ endpoint, paths }) => `${endpoint}: ${paths.map((path) => `\`${path}\``).join(', ')}`)
        .join('; ')
    : `\`${source.path}\``;

describe('the README', () => {
  it.each(ENDPOINTS)('has the row of $name as the catalog says', (endpoint) => {
    const { name, title, source, everyMinutes } = endpoint;
    const row = `| ${title} | \`${name}\` | ${source.kind} | ${placeOf(endpoint)} | ${everyMinutes} |`;
    expect(readme).toContain(row);
  });

  it('names every metric', () => {
    for (const metric of METRICS) expect(readme).toContain(`\`${metric}\``);
  });

  it('names commands that exist', () => {
    const names = [...readme.matchAll(/npm (?:run )?([a-z]+)\b/g)].map(([, name = '']) => name);
    expect(names).toContain('demo');
    for (const name of names.filter((each) => each !== 'ci')) expect(scripts).toHaveProperty(name);
  });
});
