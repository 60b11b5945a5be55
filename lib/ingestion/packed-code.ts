import { join } from 'node:path';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

// takes the place of bundled-code.ts in the published package, which contains the bundles and needs no bundler

const FUNCTIONS = join(import.meta.dirname, '../../functions');

/**
 * Returns the bundle of every function.
 * @throws Error if another entry is given, because it would have to be bundled
 */
export function bundleIngestCode(_: Construct, entry?: string): AssetCode {
  if (entry !== undefined)
    throw new Error(
      'entry needs the source of ccaip-ingest. Leave it out, or use the repository instead of the package',
    );
  return Code.fromAsset(join(FUNCTIONS, 'ingest'));
}

/** Returns the bundle of the example function with daily totals of each queue. */
export const bundleTotalsCode = (_: Construct): AssetCode => Code.fromAsset(join(FUNCTIONS, 'totals'));
