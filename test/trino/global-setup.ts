import type { TestProject } from 'vitest/node';
import { FetchError } from './engine/distribution.ts';
import { findTools } from './engine/tools.ts';
import { startTrino } from './engine/trino-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server; null where it cannot run. */
    readonly trino: { readonly url: string; readonly data: string } | null;
  }
}

/** Starts one Trino for all tests, or says why they are skipped. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const skip = (reason: string) => {
    console.log(`\nSKIPPED: no test runs on Trino, because ${reason}\n`);
    project.provide('trino', null);
    return async () => undefined;
  };
  const { java, missing } = findTools();
  if (missing !== undefined) return skip(missing);
  try {
    const server = await startTrino(java);
    project.provide('trino', { url: server.url, data: server.data });
    return server.stop;
  } catch (error) {
    if (error instanceof FetchError) return skip(error.message);
    throw error;
  }
}
