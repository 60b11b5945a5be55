import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('SECURITY.md', 'utf8');
const [, section = ''] = /## Findings that stay\n(.*?)\n## /s.exec(page) ?? [];

it.each(['.checkov.yaml', '.cfnlintrc.yaml'])('every finding that %s leaves out has a written reason', (file) => {
  const rules = [...readFileSync(file, 'utf8').matchAll(/^ {2}- (\w+)$/gm)].map(([, rule = '']) => rule);
  expect(rules.length).toBeGreaterThan(0);
  for (const rule of rules) expect(section).toMatch(new RegExp(`^\\|.*\\b${rule}\\b.*\\| .{20,} \\|$`, 'm'));
});
