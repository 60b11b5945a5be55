import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { locateLake } from '../../../local/aws/local-aws.ts';
import { simulate } from '../../../simulator/simulation.ts';
import { newFolder } from '../../sql/lake-of-lines.ts';
import { writeSimulatedLake } from '../../support/simulated-lake.ts';

/** A name that would leave its place in a page, were it not escaped. */
export const HOSTILE = `</script><img src=x onerror="console.error('out')">{b}&'`;

/** A folder of a local run with four days of a small contact centre, in which an agent and a queue have hostile names. */
export async function sampleFolder(): Promise<string> {
  const folder = await newFolder();
  const lake = locateLake(folder);
  await mkdir(lake, { recursive: true });
  const simulation = simulate({ seed: 5, seats: 12, days: 4 });
  const [agent] = simulation.records('agents', simulation.endMs);
  const hostile = (text: string) =>
    text
      .replaceAll('"name":"Invoices"', `"name":${JSON.stringify(HOSTILE)}`)
      .replaceAll(`"first_name":${JSON.stringify(agent?.first_name)}`, `"first_name":${JSON.stringify(HOSTILE)}`);
  await writeSimulatedLake(lake, simulation, simulation.endMs, hostile);
  return folder;
}

export const reportIn = (folder: string): string => join(folder, 'report.html');
