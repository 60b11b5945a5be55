import type { Endpoint } from '../../catalog/index.ts';
import { parseEventTime } from '../../catalog/timestamp.ts';
import { isObject, type ParsedJson } from '../../lambdas/common/json.ts';
import { classifyStatus } from '../../lambdas/platform/failures.ts';
import { PAGE_SIZE, type Page } from '../../lambdas/platform/page.ts';
import { RowValidator } from '../../lambdas/sources/validate.ts';
import { count } from '../terminal/counting.ts';
import { type Finding, reportOk, reportWarning, reportWrong, splitAdvice } from './finding.ts';
import type { Collection, Observation } from './page-observation.ts';
import { findFirstPage } from './page-plan.ts';

/** Checks whether a collection can be read, based on the answers to the requests for its first page. */
export function judgeCollection(collection: Collection, observations: readonly Observation[]): Finding {
  const { path } = collection;
  const page = findFirstPage(observations);
  const first = observations[0];
  if (page !== undefined) return judgeRows(collection, page, first?.question.from);
  const body = first?.body;
  if (body?.kind === 'other') return reportNoArray(path, body.what);
  if (body?.kind === 'oversized')
    return reportWrong(path, 'ten records have more than 10 MB', 'ask the operator about records of that size');
  if (body?.kind === 'unreachable')
    return reportWrong(
      path,
      splitAdvice(body.message).found,
      'check the host and port of the base URL, and the network',
    );
  return reportRefused(path, first?.status ?? 0, first?.place ?? path);
}

function reportRefused(path: string, status: number, place: string): Finding {
  if (status === 401)
    return reportWrong(
      path,
      'the credential is refused (401)',
      'check the user name (the subdomain) and the API credential token',
    );
  const { found, todo } = splitAdvice(classifyStatus(status, place, null).error.message);
  if (status >= 500)
    return reportWrong(path, `answered ${status}`, 'try again later. If it persists, ask the operator of the platform');
  return status === 429 ? reportWarning(path, found, todo) : reportWrong(path, found, todo);
}

const reportNoArray = (path: string, what: string): Finding =>
  reportWrong(
    path,
    `answered 200 with ${what} instead of a JSON array`,
    'check the path prefix of the base URL, which is usually /manager/api/v1',
  );

function judgeRows({ path, endpoints }: Collection, { rows, total }: Page, from: number | undefined): Finding {
  const size = `${count(rows.length, 'row')} on the first page${total === null ? '' : ` of ${total} in all`}`;
  if (rows.length > PAGE_SIZE)
    return reportWarning(
      path,
      `${size}, more than the ${PAGE_SIZE} requested`,
      'nothing to do. Pages of any size are read',
    );
  const disorder = findDisorder(endpoints, rows, from);
  if (disorder !== undefined)
    return reportWrong(
      path,
      `${size}, ${disorder}`,
      'ask the operator of the platform. A tail rejects such a page, because it could lose records',
    );
  const [reason, ...others] = endpoints.flatMap(({ schema }) => {
    const validator = new RowValidator(schema);
    return rows.flatMap((row) => validator.check(row).reason ?? []);
  });
  if (reason !== undefined)
    return reportWarning(
      path,
      `${size}, ${others.length + 1} of them would be quarantined (${reason})`,
      'after a run, see the view "quarantine": ccaip query "select reason, record from quarantine"',
    );
  return reportOk(path, size);
}

/** Finds what is wrong with the order of a tail's page. Returns undefined if nothing is. */
function findDisorder(
  endpoints: readonly Endpoint[],
  rows: readonly ParsedJson[],
  from: number | undefined,
): string | undefined {
  const source = endpoints[0]?.source;
  if (source?.kind !== 'tail') return undefined;
  const times = rows.flatMap(({ value }) => (isObject(value) ? (parseEventTime(value[source.cursor]) ?? []) : []));
  if (times.some((time, i) => time < (times[i - 1] ?? Number.NEGATIVE_INFINITY)))
    return `not in the requested order of ${source.cursor}`;
  if (from !== undefined && times.some((time) => time < from)) return `some older than ${source.cursor}[from] allows`;
  return undefined;
}
