import { createViews } from './all-views.ts';
import type { View } from './views/view.ts';

/** A page generated from the catalog. */
export interface Page {
  /** Path from the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** Creates the pages about every view and column of the catalog. */
export function catalogPages(): Page[] {
  return [
    { path: 'docs/data-dictionary.md', text: dataDictionary(createViews()) },
    { path: 'docs/dbt/sources.yml', text: dbtSources(createViews()) },
  ];
}

function dataDictionary(all: readonly View[]): string {
  return `# Data dictionary

Every view of the database \`ccaip\` with every column. \`npm run docs\` writes this page from the catalog. Change the catalog
instead of this page. Times are UTC. **P** marks personal data. Types are Athena's. \`json\` is a varchar with JSON text.

${all.map(({ name }) => `- [\`${name}\`](#${name})`).join('\n')}
${all.map(chapterOf).join('')}`;
}

const chapterOf = ({ name, description, columns }: View): string => `
## ${name}

${description}

| column | type | | meaning |
|---|---|---|---|
${columns.map((column) => `| \`${column.name}\` | ${column.type} | ${column.personal ? 'P' : ''} | ${cell(column.doc)} |`).join('\n')}
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function dbtSources(all: readonly View[]): string {
  return `# Sources for dbt-athena: every view with its columns. npm run docs writes this file from the catalog.
version: 2
sources:
  - name: ccaip
    database: awsdatacatalog
    schema: ccaip
    description: Contact centre data of the CCAI Platform, the newest version of every record
    tables:
${all.map(sourceOf).join('')}`;
}

const sourceOf = ({ name, description, columns }: View): string => `      - name: ${name}
        description: ${quoted(description)}
        columns:
${columns.map(createColumn).join('')}`;

const createColumn = ({
  name,
  doc,
  engineType,
  personal,
}: View['columns'][number]): string => `          - name: ${name}
            data_type: ${engineType}
            description: ${quoted(doc)}
${personal ? '            tags: [personal]\n' : ''}`;

/** Formats a double-quoted scalar of YAML. Every JSON string is one. */
const quoted = (text: string): string => JSON.stringify(text);
