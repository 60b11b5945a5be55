import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { trinoDistribution } from './distribution.ts';
import { METASTORE } from './metastore.ts';
import { Trino } from './trino-client.ts';

/** A running Trino. */
export interface TrinoServer {
  readonly url: string;
  /** Folder that `local:///` means. */
  readonly data: string;
  stop(): Promise<void>;
}

const START_LIMIT = 600_000;

/** As in Athena: Hive and Iceberg tables in one catalog of this name, because the two catalogs redirect to each other. */
const HIVE = 'awsdatacatalog';
const ICEBERG = 'iceberg';

/**
 * Starts a Trino of one node over files of this machine.
 * @throws FetchError if there is no Trino on this machine and it cannot be fetched
 * @throws Error if it does not answer within ten minutes; the message ends with what it said last
 */
export async function startTrino(java: string): Promise<TrinoServer> {
  const distribution = await trinoDistribution();
  const home = await mkdtemp(join(tmpdir(), 'ccaip-trino-'));
  const data = join(home, 'data');
  const log = join(home, 'server.log');
  const port = await freePort();
  await writeConfiguration(home, data, port);
  const server = spawn(java, argumentsOf(distribution, home), { cwd: distribution, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = createWriteStream(log);
  server.stdout.pipe(output);
  server.stderr.pipe(output);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const ended = server.exitCode === null ? once(server, 'exit') : undefined;
    server.kill('SIGKILL');
    await ended;
    await rm(home, { recursive: true, force: true });
  };
  try {
    await untilReady(new Trino(url), data, () => server.exitCode !== null);
  } catch (error) {
    const said = await readFile(log, 'utf8');
    await stop();
    throw new Error(`Trino did not start (${String(error)}); it said:\n${said.slice(-2_000)}`);
  }
  return { url, data, stop };
}

function argumentsOf(distribution: string, home: string): string[] {
  const properties = {
    'jdk.attach.allowAttachSelf': 'true',
    'jdk.nio.maxCachedBufferSize': '2000000',
    'node.environment': 'test',
    'node.id': 'local',
    'node.data-dir': join(home, 'var'),
    'node.bind-ip': '127.0.0.1',
    'node.internal-address': '127.0.0.1',
    'log.levels-file': join(home, 'etc/log.properties'),
    config: join(home, 'etc/config.properties'),
    'catalog.config-dir': join(home, 'etc/catalog'),
    'plugin.dir': join(distribution, 'plugin'),
    'secrets-plugin.dir': join(distribution, 'secrets-plugin'),
  };
  return [
    '-Xmx2G',
    // the quick compiler alone: on two cores it is ready sooner, and the tests' queries are small
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseG1GC',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:ReservedCodeCacheSize=256M',
    '-XX:+EnableDynamicAgentLoading',
    '--add-opens=java.base/java.nio=ALL-UNNAMED',
    '--enable-native-access=ALL-UNNAMED',
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    '-cp',
    join(distribution, 'lib/*'),
    'io.trino.server.TrinoServer',
  ];
}

async function writeConfiguration(home: string, data: string, port: number): Promise<void> {
  const files = {
    'etc/config.properties': {
      coordinator: 'true',
      'node-scheduler.include-coordinator': 'true',
      'http-server.http.port': String(port),
      'discovery.uri': `http://127.0.0.1:${port}`,
      'query.max-memory': '1GB',
      'query.max-memory-per-node': '1GB',
      'memory.heap-headroom-per-node': '400MB',
    },
    'etc/log.properties': { 'io.trino': 'WARN' },
    [`etc/catalog/${HIVE}.properties`]: {
      'connector.name': 'hive',
      'hive.metastore': 'file',
      ...filesOf(data),
      'hive.partition-projection-enabled': 'true',
      // a projected day without a folder is empty, as on S3
      'hive.ignore-absent-partitions': 'true',
      'hive.recursive-directories': 'true',
      'hive.iceberg-catalog-name': ICEBERG,
    },
    [`etc/catalog/${ICEBERG}.properties`]: {
      'connector.name': 'iceberg',
      'iceberg.catalog.type': 'TESTING_FILE_METASTORE',
      ...filesOf(data),
      'iceberg.hive-catalog-name': HIVE,
      // of small files, too, only the columns that are asked for are read: as of the large ones of a real centre
      'parquet.small-file-threshold': '0B',
      'iceberg.expire-snapshots.min-retention': '0s',
      'iceberg.remove-orphan-files.min-retention': '0s',
    },
  };
  for (const folder of ['etc/catalog', 'var', 'data']) await mkdir(join(home, folder), { recursive: true });
  for (const [file, properties] of Object.entries(files)) {
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(home, file), lines.join(''));
  }
}

const filesOf = (data: string) => ({
  'hive.metastore.catalog.dir': `local:///${METASTORE}`,
  'fs.native-local.enabled': 'true',
  'local.location': data,
});

/** It answers queries before its worker is known; until then it cannot read a table. */
async function untilReady(trino: Trino, data: string, hasEnded: () => boolean): Promise<void> {
  await mkdir(join(data, 'probe'), { recursive: true });
  await writeFile(join(data, 'probe/one'), '1\n');
  const statements = [
    `CREATE SCHEMA IF NOT EXISTS ${HIVE}.probe`,
    `CREATE TABLE IF NOT EXISTS ${HIVE}.probe.t (line varchar) WITH (external_location = 'local:///probe', format = 'TEXTFILE')`,
    `SELECT * FROM ${HIVE}.probe.t`,
    `DROP TABLE ${HIVE}.probe.t`,
    `DROP SCHEMA ${HIVE}.probe`,
  ];
  for (const started = performance.now(); ; await sleep(500)) {
    try {
      for (const statement of statements) await trino.query(statement);
      return;
    } catch (error) {
      if (hasEnded() || performance.now() - started > START_LIMIT) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('this machine gives no free port');
  return address.port;
}
