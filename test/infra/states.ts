import type { Json } from './template.ts';

/** Runs a task: what a service answers to the parameters. */
export type Service = (parameters: Json) => Json | Promise<Json>;

interface Machine {
  /** Services by the end of their resource's name, e.g. `lambda:invoke`. */
  readonly services: Readonly<Record<string, Service>>;
  /** The context object, `$$`. */
  readonly context: Json;
  /** Names of the states, in the order in which they were entered. */
  readonly entered: string[];
}

/** A run has ended in a Fail state, or by an error that nobody caught. */
export class Failed extends Error {}

/**
 * Runs a state machine of the Amazon States Language as far as this project uses it: JSONPath, no time passes.
 * @returns its output
 */
export async function runStates(definition: Json, input: Json, machine: Machine): Promise<Json> {
  let name: string = definition.StartAt;
  let data = input;
  for (;;) {
    const state = definition.States[name];
    if (state === undefined) throw new Error(`there is no state ${name}`);
    machine.entered.push(name);
    try {
      const output = await outputOf(state, data, machine);
      if (state.Type === 'Fail') throw new Failed(`${state.Error}: ${state.Cause}`);
      if (state.Type === 'Succeed' || state.End) return output;
      name = state.Type === 'Choice' ? choiceOf(state, data) : state.Next;
      data = output;
    } catch (error) {
      if (state.Catch === undefined) throw error;
      data = { error: String(error) };
      name = state.Catch[0].Next;
    }
  }
}

async function outputOf(state: Json, data: Json, machine: Machine): Promise<Json> {
  const { context } = machine;
  const given = state.Parameters === undefined ? data : filled(state.Parameters, data, context);
  switch (state.Type) {
    case 'Task': {
      const service = Object.entries(machine.services).find(([end]) => state.Resource.endsWith(end))?.[1];
      if (service === undefined) throw new Error(`there is no service ${state.Resource}`);
      return placed(state, data, await service(given), context);
    }
    case 'Parallel': {
      const branches = await Promise.all(state.Branches.map((branch: Json) => runStates(branch, given, machine)));
      return placed(state, data, branches, context);
    }
    case 'Map': {
      const results: Json[] = [];
      for (const value of at(state.ItemsPath, data, context)) {
        const item = filled(state.ItemSelector, data, { ...context, Map: { Item: { Value: value } } });
        results.push(await runStates(state.ItemProcessor, item, machine));
      }
      return placed(state, data, results, context);
    }
    case 'Pass':
      return state.Result ?? given;
    default:
      return data;
  }
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
      key.endsWith('.$') ? [key.slice(0, -2), at(value, data, context)] : [key, filled(value, data, context)],
    ),
  );
}

/** The value at a path: `$.a.b[1]` of the data, `$$.A` of the context, or whether one of many has a value. */
function at(path: string, data: Json, context: Json): Json {
  const [, field = ''] = /^States\.ArrayContains\(\$\[\*\]\.(\w+), true\)$/.exec(path) ?? [];
  if (field !== '') return data.some((each: Json) => each[field] === true);
  const root = path.startsWith('$$') ? context : data;
  const steps = path.replace(/^\$\$?\.?/, '').split(/[.[\]]+/);
  return steps.filter((step) => step !== '').reduce((value, step) => value?.[step], root);
}
