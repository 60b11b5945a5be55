import { hash } from 'node:crypto';
import { utcDate } from '../../catalog/timestamp.ts';
import { type AuditOrder, auditOrderSchema } from '../../lambdas/audit/execution/audit-event.ts';
import { type AuditProgress, AuditProgressStore } from '../../lambdas/audit/execution/audit-progress.ts';
import type { Deployment } from './deployment.ts';
import { type Begun, describeError, type ExecutionState, Executions, readState } from './executions.ts';

/** The audit of a tenant in a deployment. */
export interface TenantProgress extends AuditProgress {
  readonly tenant: string;
}

/** An execution and how far it is. */
export interface AuditState {
  readonly state: ExecutionState;
  /** Why it failed. Null if it did not. */
  readonly error: string | null;
  /** Tenants that it audits or has audited. */
  readonly tenants: readonly TenantProgress[];
}

/**
 * Names the execution of an order. Orders of the same day that ask for the same have the same name.
 * @param attempt number of the execution, from 1
 */
export function createAuditName(order: AuditOrder, now: number, attempt: number): string {
  const digest = hash('sha256', JSON.stringify(order), 'hex').slice(0, 16);
  const tenant = order.tenants?.length === 1 ? order.tenants.join() : 'all';
  return [tenant, utcDate(now), digest, ...(attempt === 1 ? [] : [attempt])].join('_');
}

/** The audits of a deployment, which are executions of its state machine. Their progress is in the state table. */
export class DeployedAudits {
  readonly #deployment: Deployment;
  readonly #executions: Executions;
  readonly #stateTable: string;
  readonly #now: () => number;

  private constructor(deployment: Deployment, executions: Executions, stateTable: string, now: () => number) {
    this.#deployment = deployment;
    this.#executions = executions;
    this.#stateTable = stateTable;
    this.#now = now;
  }

  static async in(deployment: Deployment, now: () => number): Promise<DeployedAudits> {
    const executions = new Executions(deployment.states, await deployment.auditMachine());
    return new DeployedAudits(deployment, executions, (await deployment.facts()).stateTable, now);
  }

  /**
   * Starts the execution of an order. If the last one of the same order failed or was stopped, the new one continues its audit. A
   * redrive would only repeat the state that failed. Does nothing if one is running.
   */
  begin(order: AuditOrder): Promise<Begun> {
    const nameOf = (attempt: number) => createAuditName(order, this.#now(), attempt);
    return this.#executions.begin(
      nameOf,
      (last) => (last === undefined || readState(last) === 'done' ? order : { ...order, run: readRun(last) }),
      { repeat: true, redrive: false },
    );
  }

  /** Reads how far an execution is. */
  async read(name: string, tenants: readonly string[]): Promise<AuditState> {
    const execution = await this.#executions.describe(name);
    const newest = await this.newest(tenants);
    return {
      state: readState(execution),
      error: describeError(execution),
      tenants: newest.filter(({ run }) => run === readRun({ name, ...execution })),
    };
  }

  /** Reads the newest audit of each tenant, scheduled or not. Tenants without one are left out. */
  async newest(tenants: readonly string[]): Promise<TenantProgress[]> {
    const found = await Promise.all(
      tenants.map(async (tenant) => {
        const { dynamodb } = this.#deployment;
        const progress = await new AuditProgressStore(dynamodb, this.#stateTable, tenant, this.#now).read();
        return progress === undefined ? [] : [{ tenant, ...progress }];
      }),
    );
    return found.flat();
  }
}

/** The audit of an execution: its own, or that of an earlier one that it continues. */
function readRun({
  name = '',
  input = '',
}: {
  readonly name?: string | undefined;
  readonly input?: string | undefined;
}): string {
  try {
    return auditOrderSchema.parse(JSON.parse(input)).run ?? name;
  } catch {
    return name;
  }
}
