import { writeFileSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { startStores } from '../support/test-stores.ts';
import { livePast } from './past-life.ts';

// `npm run release:state` keeps what this release writes, for the tests of every later one
const file = new URL(`./releases/${packageJson.version}.json`, import.meta.url);
const stores = await startStores();
writeFileSync(file, `${JSON.stringify(await livePast(stores), null, 1)}\n`);
await stores.close();
console.log(`wrote ${file.pathname}`);
