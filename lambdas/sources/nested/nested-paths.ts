import { isObject, type ParsedJson } from '../../common/json.ts';
import { readMember, splitElements } from '../../common/json-text.ts';

/** A value found at a path, written as in its parent, with the path that leads to it, e.g. `transfers[1].to_agent`. */
export interface Found extends ParsedJson {
  readonly path: string;
}

/**
 * Values at a path like `participants[]` or `transfers[].to_agent`. A list may be a single object (types drift);
 * missing, null and an empty object give nothing.
 */
export function findAt(parent: ParsedJson, path: string): Found[] {
  let found: Found[] = [{ ...parent, path: '' }];
  for (const step of path.split('.')) {
    const isList = step.endsWith('[]');
    const key = isList ? step.slice(0, -2) : step;
    found = found.flatMap(({ path: place, value, json: outer }) => {
      const at = isObject(value) ? value[key] : undefined;
      const here = place === '' ? key : `${place}.${key}`;
      if (at === undefined || at === null) return [];
      const text = readMember(outer, key) ?? JSON.stringify(at);
      if (!isList) return [{ path: here, value: at, json: text }];
      const elements: unknown[] = Array.isArray(at) ? at : [at];
      const texts = Array.isArray(at) ? splitElements(text).map((element) => element.text) : [text];
      return elements.map((element, index) => ({
        path: `${here}[${index}]`,
        value: element,
        json: texts[index] ?? JSON.stringify(element),
      }));
    });
  }
  return found.filter(({ value }) => value !== null && value !== undefined && !isEmptyObject(value));
}

/** The API writes a missing person as `null`, `{}` or `[]`. */
const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;
