import type { QueryResult, Warehouse } from '../../local/warehouse/warehouse.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import type { Period } from './period.ts';

/** The answer to a named query, with its question and its SQL. */
export interface Answer extends QueryResult {
  readonly name: string;
  readonly question: string;
  readonly sql: string;
}

/** The named queries of a report. */
export type QuestionName =
  | 'key-figures'
  | 'arrivals'
  | 'service-level-by-day'
  | 'handle-time-by-queue'
  | 'occupancy-by-agent'
  | 'transfer-flow'
  | 'coverage'
  | 'data-freshness';

export type Answers = Readonly<Record<QuestionName, Answer>>;

/** Runs every named query for a tenant's period. They run one after the other, because each uses all cores. */
export async function askQueries(warehouse: Warehouse, period: Period): Promise<Answers> {
  const queries = await loadNamedQueries();
  const ask = async (name: QuestionName): Promise<Answer> => {
    const query = queries.find((each) => each.name === name);
    if (query === undefined) throw new Error(`the report needs the named query ${name}, but there is no such file`);
    const given = Object.entries(period).filter(([key]) => query.parameters.some((each) => each.name === key));
    const sql = fillParameters(query, Object.fromEntries(given));
    return { name, question: query.question, sql, ...(await warehouse.query(sql)) };
  };
  return {
    'key-figures': await ask('key-figures'),
    arrivals: await ask('arrivals'),
    'service-level-by-day': await ask('service-level-by-day'),
    'handle-time-by-queue': await ask('handle-time-by-queue'),
    'occupancy-by-agent': await ask('occupancy-by-agent'),
    'transfer-flow': await ask('transfer-flow'),
    coverage: await ask('coverage'),
    'data-freshness': await ask('data-freshness'),
  };
}
