import { ENDPOINTS, type Source } from '../../catalog/index.ts';

const HEADER = `| model | view | how | where | every (minutes) |
|---|---|---|---|---|
`;

/** Creates the table of endpoints in Markdown. */
export function endpointTable(): string {
  const rows = ENDPOINTS.map(
    ({ name, title, source, everyMinutes }) =>
      `| ${title} | \`${name}\` | ${source.kind} | ${formatPlace(source)} | ${everyMinutes} |\n`,
  );
  return HEADER + rows.join('');
}

/** Formats where records come from: a collection, or places in the records of other endpoints. */
function formatPlace(source: Source): string {
  if (source.kind !== 'nested') return `\`${source.path}\``;
  return source.parents
    .map(({ endpoint, paths }) => `${endpoint}: ${paths.map((path) => `\`${path}\``).join(', ')}`)
    .join('; ');
}
