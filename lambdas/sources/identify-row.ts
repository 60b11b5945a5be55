import { parseRecordId } from '../../catalog/record-id.ts';
import { isObject, type ParsedJson } from '../common/json.ts';

/** What tells a row apart from others: its id, the same as number and as text; the whole row if it has none. */
export const identifyRow = ({ value, json }: ParsedJson): number | string =>
  (isObject(value) ? parseRecordId(value.id) : null) ?? json;
