import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** A place in a bundled module, as written in a stack. */
const PLACE = /(?:file:\/\/)?(\/[^\s()]+\.mjs):(\d+):(\d+)/g;

/**
 * Middleware: error stacks show places in the source instead of the bundle. Node can do this with `--enable-source-maps`, but
 * then reads every map on every cold start. This reads them on the first error. Add it last, so that it runs first on an error.
 */
export const sourcePlaces = {
  onError: ({ error }: { readonly error: Error | null }): void => {
    const read = new Map<string, SourceMap | undefined>();
    for (let each: unknown = error; each instanceof Error; each = each.cause)
      if (each.stack !== undefined) each.stack = inSource(each.stack, read);
  },
};

function inSource(stack: string, read: Map<string, SourceMap | undefined>): string {
  return stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    if (!read.has(file)) read.set(file, mapOf(file));
    const entry = read.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    return entry === undefined || !('originalSource' in entry) || entry.originalSource === undefined
      ? place
      : `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** The map next to a module; undefined if it is missing or unreadable. */
function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
