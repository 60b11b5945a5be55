import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import cdkJson from '../../cdk.json' with { type: 'json' };
import type { ConfigurationInput } from '../../lib/constructs.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A deployment of this repository with its own settings, by the commands of docs/deploy.md. */
export class TrialDeployment implements AsyncDisposable {
  readonly #folder: string;
  readonly #settings: Partial<ConfigurationInput>;

  private constructor(folder: string, settings: Partial<ConfigurationInput>) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /** @param settings the context `ccaip`, without tenants */
  static async create(settings: Partial<ConfigurationInput>): Promise<TrialDeployment> {
    return new TrialDeployment(await mkdtemp(join(tmpdir(), 'ccaip-trial-')), settings);
  }

  /** Writes `cdk.json` with these settings and runs the command line of CDK. @throws Error with its output if it fails */
  async cdk(args: readonly string[], settings: Partial<ConfigurationInput>): Promise<string> {
    const ccaip = { ...this.#settings, ...settings };
    const app = `"${process.execPath}" "${join(ROOT, 'bin/app.ts')}"`;
    const file = { ...cdkJson, app, context: { ...cdkJson.context, ccaip } };
    await writeFile(join(this.#folder, 'cdk.json'), JSON.stringify(file));
    const { code, stdout, stderr } = await run(
      process.execPath,
      [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...args],
      {
        cwd: this.#folder,
      },
    );
    if (code !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
    return stdout + stderr;
  }

  /** Runs `ccaip`. @throws Error with its output if it fails */
  async ccaip(args: readonly string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await run(process.execPath, [join(ROOT, 'bin/ccaip.ts'), ...args], {
      cwd: this.#folder,
      input,
    });
    if (code !== 0) throw new Error(`ccaip ${args.join(' ')} failed with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function run(command: string, args: readonly string[], { cwd = ROOT, input = '' }): Promise<Ended> {
  const child = spawn(command, args, { cwd, env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: '1', CI: 'true' } });
  child.stdin.end(input);
  const code = new Promise<number>((done) => child.on('close', (status) => done(status ?? 1)));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
