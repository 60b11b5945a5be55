import { isObject } from '../ccaip/json.ts';

/** A value found at a path, with the path that leads to it, e.g. `transfers[1].to_agent`. */
export interface Found {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Values at a path like `participants[]` or `transfers[].to_agent`. A list may be a single object (types drift);
 * missing and null give nothing.
 */
export function findAt(parent: unknown, path: string): Found[] {
  let found: Found[] = [{ path: '', value: parent }];
  for (const step of path.split('.')) {
    const isList = step.endsWith('[]');
    const key = isList ? step.slice(0, -2) : step;
    found = found.flatMap(({ path: place, value }) => {
      const at = isObject(value) ? value[key] : undefined;
      const here = place === '' ? key : `${place}.${key}`;
      if (at === undefined || at === null) return [];
      if (!isList) return [{ path: here, value: at }];
      const elements: unknown[] = Array.isArray(at) ? at : [at];
      return elements.map((element, index) => ({ path: `${here}[${index}]`, value: element }));
    });
  }
  return found.filter(({ value }) => value !== null && value !== undefined);
}
