import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Oldest Java that this version of Trino runs on. */
const OLDEST_JAVA = 24;
const JVM_FOLDER = '/usr/lib/jvm';

/** What is needed to run Trino, or the sentence that says what is missing. */
export type Tools =
  | { readonly java: string; readonly missing?: never }
  | { readonly java?: never; readonly missing: string };

/** Looks for Java where TRINO_JAVA_HOME and JAVA_HOME point, in Debian's folder and on the path, and for Maven on the path. */
export function findTools(): Tools {
  const java = candidates().find((command) => (javaVersion(command) ?? 0) >= OLDEST_JAVA);
  if (java === undefined)
    return { missing: `there is no JDK >= ${OLDEST_JAVA}: install one, or set TRINO_JAVA_HOME to its folder` };
  if (spawnSync('mvn', ['--version']).status !== 0)
    return { missing: 'there is no Maven (mvn), which fetches Trino: install it' };
  return { java };
}

function candidates(): string[] {
  const installed = existsSync(JVM_FOLDER) ? readdirSync(JVM_FOLDER).map((name) => join(JVM_FOLDER, name)) : [];
  const homes = [process.env.TRINO_JAVA_HOME, process.env.JAVA_HOME, ...installed];
  const commands = homes
    .filter((home) => home !== undefined && home !== '')
    .map((home) => join(String(home), 'bin/java'));
  return [...commands.filter((command) => existsSync(command)), 'java'];
}

function javaVersion(command: string): number | undefined {
  const { stdout, stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(`${stdout}${stderr}`)?.[1];
  return version === undefined ? undefined : Number(version);
}
