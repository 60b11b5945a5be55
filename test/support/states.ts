import type { Json } from '../lib/template.ts';

/** Runs a task: what a service answers to the parameters. Its error is told by the name. */
export type Service = (parameters: Json) => Json | Promise<Json>;

interface Machine {
  /** Services by the end of their resource's name, e.g. `lambda:invoke`. */
  readonly services: Readonly<Record<string, Service>>;
  /** The context object, `$$`. */
  readonly context: Json;
  /** Names of the states, in the order in which they were entered. */
  readonly entered: string[];
  /** The history as Step Functions tells it, without times. @default - not recorded */
  readonly history?: Json[];
  /** Longest pauses before further attempts, seconds. @default - not recorded */
  readonly waited?: number[];
  /** The state at which a failed execution continues when it is redriven. @default - it starts at the beginning */
  readonly left?: Map<string, Json>;
}

/** A run has ended in a Fail state, or by an error that no state caught. */
export class Failed extends Error {}

/**
 * Runs a state machine of the Amazon States Language as far as this project uses it: JSONPath, no time passes.
 * @param place of the states in the machine: the iteration of a map
 * @returns its output
 */
export async function runStates(definition: Json, input: Json, machine: Machine, place = ''): Promise<Json> {
  const left = machine.left?.get(place);
  let name: string = left?.name ?? definition.StartAt;
  let data = left?.data ?? input;
  for (;;) {
    const state = definition.States[name];
    if (state === undefined) throw new Error(`there is no state ${name}`);
    machine.entered.push(name);
    note(machine, `${state.Type}StateEntered`, { stateEnteredEventDetails: { name, input: JSON.stringify(data) } });
    try {
      const output = await outputOf(state, data, machine, `${place}/${name}`);
      if (state.Type === 'Fail') throw new Failed(`${state.Error}: ${state.Cause}`);
      note(machine, `${state.Type}StateExited`, { stateExitedEventDetails: { name, output: JSON.stringify(output) } });
      if (state.Type === 'Succeed' || state.End) return output;
      name = state.Type === 'Choice' ? choiceOf(state, data) : state.Next;
      data = output;
    } catch (error) {
      if (state.Catch === undefined) {
        machine.left?.set(place, { name, data });
        throw error;
      }
      const [{ Next, ResultPath }] = state.Catch;
      const { name: kind, message } = error as Error;
      const caught = { Error: kind, Cause: message };
      data = ResultPath === undefined ? caught : { ...data, [ResultPath.slice(2)]: caught };
      name = Next;
    }
  }
}

function note({ history }: Machine, type: string, details: Json = {}): void {
  history?.push({ id: history.length + 1, previousEventId: history.length, timestamp: 0, type, ...details });
}

async function outputOf(state: Json, data: Json, machine: Machine, place: string): Promise<Json> {
  const { context } = machine;
  const given = state.Parameters === undefined ? data : filled(state.Parameters, data, context);
  switch (state.Type) {
    case 'Task':
      return placed(state, data, await attempt(state, given, machine), context);
    case 'Parallel': {
      const branches = await Promise.all(
        state.Branches.map((branch: Json, n: number) => runStates(branch, given, machine, `${place}[${n}]`)),
      );
      return placed(state, data, branches, context);
    }
    case 'Map':
      return placed(state, data, await iterate(state, data, machine, place), context);
    case 'Pass':
      return state.Result ?? given;
    default:
      return data;
  }
}

/** A task with its retries. */
async function attempt({ Resource, Retry = [] }: Json, given: Json, machine: Machine): Promise<Json> {
  const service = Object.entries(machine.services).find(([end]) => Resource.endsWith(end))?.[1];
  if (service === undefined) throw new Error(`there is no service ${Resource}`);
  const attempts = new Map<Json, number>();
  for (;;) {
    note(machine, 'TaskScheduled');
    note(machine, 'TaskStarted');
    try {
      const result = await service(given);
      note(machine, 'TaskSucceeded');
      return result;
    } catch (error) {
      const { name, message } = error as Error;
      note(machine, 'TaskFailed', { taskFailedEventDetails: { error: name, cause: message } });
      const retrier = Retry.find(({ ErrorEquals }: Json) => ErrorEquals.some((each: string) => matches(each, name)));
      const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = 31_622_400 } = retrier ?? {};
      const before = attempts.get(retrier) ?? 0;
      if (retrier === undefined || before >= MaxAttempts) throw error;
      attempts.set(retrier, before + 1);
      machine.waited?.push(Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** before));
    }
  }
}

const matches = (pattern: string, name: string) =>
  pattern === 'States.ALL' || pattern === name || (pattern === 'States.TaskFailed' && name !== 'States.Timeout');

/** An inline map: as many iterations at a time as there may be; the first that fails ends it and all running ones. */
async function iterate(state: Json, data: Json, machine: Machine, place: string): Promise<Json[]> {
  const { ItemsPath, ItemSelector, ItemProcessor, MaxConcurrency, MaxConcurrencyPath } = state;
  const { context, left } = machine;
  const items: Json[] = at(ItemsPath, data, context);
  const most: number = MaxConcurrencyPath === undefined ? MaxConcurrency : at(MaxConcurrencyPath, data, context);
  const results: Json[] = [];
  const failures: unknown[] = [];
  note(machine, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const waiting = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failures.length === 0; next = waiting.shift()) {
      const [index, value] = next;
      const iteration = `${place}[${index}]`;
      const known = left?.get(`${iteration} done`);
      const details = { name: place.split('/').at(-1), index };
      const told = (end: string) =>
        note(machine, `MapIteration${end}`, { [`mapIteration${end}EventDetails`]: details });
      if (known !== undefined) {
        results[index] = known;
        continue;
      }
      told('Started');
      const item = filled(ItemSelector, data, { ...context, Map: { Item: { Value: value } } });
      try {
        const result = await runStates(ItemProcessor, item, machine, iteration);
        told(failures.length === 0 ? 'Succeeded' : 'Aborted');
        results[index] = result;
        if (failures.length === 0) left?.set(`${iteration} done`, result);
      } catch (error) {
        told(failures.length === 0 ? 'Failed' : 'Aborted');
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}

function placed({ ResultSelector, ResultPath = '$' }: Json, data: Json, result: Json, context: Json): Json {
  const selected = ResultSelector === undefined ? result : filled(ResultSelector, result, context);
  if (ResultPath === null) return data;
  return ResultPath === '$' ? selected : { ...data, [ResultPath.slice(2)]: selected };
}

function choiceOf({ Choices, Default }: Json, data: Json): string {
  return Choices.find((rule: Json) => isTrue(rule, data))?.Next ?? Default;
}

function isTrue(rule: Json, data: Json): boolean {
  if (rule.And) return rule.And.every((each: Json) => isTrue(each, data));
  const value = at(rule.Variable, data, {});
  if ('IsPresent' in rule) return (value !== undefined) === rule.IsPresent;
  return value === (rule.StringEquals ?? rule.BooleanEquals);
}

/** Parameters with values in the places of their paths. */
function filled(template: Json, data: Json, context: Json): Json {
  if (Array.isArray(template)) return template.map((item) => filled(item, data, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries<Json>(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), present(value, data, context)] : [key, filled(value, data, context)],
    ),
  );
}

/** As Step Functions, which fails on a path that leads nowhere. */
function present(path: string, data: Json, context: Json): Json {
  const value = at(path, data, context);
  if (value === undefined) throw new Error(`States.ParameterPathFailure: there is no ${path}`);
  return value;
}

/** The value at a path: `$.a.b[1]` of the data, `$$.A` of the context, or whether one of many has a value. */
function at(path: string, data: Json, context: Json): Json {
  const [, field = ''] = /^States\.ArrayContains\(\$\[\*\]\.(\w+), true\)$/.exec(path) ?? [];
  if (field !== '') return data.some((each: Json) => each[field] === true);
  const root = path.startsWith('$$') ? context : data;
  const steps = path.replace(/^\$\$?\.?/, '').split(/[.[\]]+/);
  return steps.filter((step) => step !== '').reduce((value, step) => value?.[step], root);
}

/**
 * Checks a definition as Step Functions does: every state is reached, leads to a state that exists or ends, and has a short unique name.
 * @returns what is wrong
 */
export function findInvalidStates(definition: Json): string[] {
  const names: string[] = [];
  const wrong: string[] = [];
  const check = ({ StartAt, States }: Json): void => {
    const reached = new Set<string>([StartAt]);
    for (const [name, state] of Object.entries<Json>(States)) {
      names.push(name);
      if (name.length > 80) wrong.push(`${name} is too long`);
      const ways = [
        state.Next,
        state.Default,
        ...(state.Choices ?? []).map(({ Next }: Json) => Next),
        ...(state.Catch ?? []).map(({ Next }: Json) => Next),
      ].filter((way) => way !== undefined);
      const ends = state.End === true || ['Succeed', 'Fail'].includes(state.Type);
      if (ways.length > 0 === ends) wrong.push(`${name} has no way on, or ends with one`);
      for (const way of ways) {
        if (!(way in States)) wrong.push(`${name} leads to ${way}, which does not exist`);
        reached.add(way);
      }
      for (const inner of [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])])
        check(inner);
    }
    for (const name of Object.keys(States)) if (!reached.has(name)) wrong.push(`${name} is never reached`);
  };
  check(definition);
  if (new Set(names).size !== names.length) wrong.push('a name is not unique');
  return wrong;
}
