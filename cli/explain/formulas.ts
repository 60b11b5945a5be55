import type { Metric } from '../../catalog/segment-metrics.ts';

/** An input field by its possible names. The first name with a readable value is used. */
type Input = readonly string[];

/** Description of a metric and its formula. */
export interface Formula {
  /** What it measures. */
  readonly meaning: string;
  readonly formula: string;
  /** Fields of the call. Empty if the metric is computed from the rows of participants and transfers. */
  readonly inputs: readonly Input[];
}

const CREATED: Input = ['created_at'];
const QUEUED: Input = ['queued_at'];
const CONNECTING: Input = ['connecting_at', 'assigned_at'];
const CONNECTED: Input = ['connected_at'];
const ENDED: Input = ['ended_at', 'ends_at'];
const DURATION: Input = ['duration', 'call_duration'];
const HOLD: Input = ['hold_duration'];

const whole: Formula = {
  meaning: 'from the creation of the call to its end',
  formula: 'created -> ended',
  inputs: [CREATED, ENDED],
};
const waiting: Formula = {
  meaning: 'from entering the queue until an agent is connected',
  formula: 'queued -> connected',
  inputs: [QUEUED, CONNECTED],
};

/** The formula of every metric. */
export const FORMULAS: Readonly<Record<Metric, Formula>> = {
  billing_time: whole,
  call_time: whole,
  ivr_time: {
    meaning: 'in the menu, until the caller enters a queue',
    formula: 'created -> queued',
    inputs: [CREATED, QUEUED],
  },
  queue_time: waiting,
  wait_time: waiting,
  handle_time: {
    meaning: 'from the connection of an agent to the end of the call, without wrap-up',
    formula: 'connected -> ended',
    inputs: [CONNECTED, ENDED],
  },
  transfer_time: {
    meaning: 'from the start of each transfer until the agent who received it is connected',
    formula: 'sum of transfer created -> receiver connected',
    inputs: [],
  },
  conference_time: {
    meaning: 'while two or more agents are connected',
    formula: 'overlap of the rows of different agents',
    inputs: [],
  },
  third_party_talk_time: {
    meaning: 'while a third party and an agent are connected',
    formula: 'overlap of the rows of third parties with those of agents',
    inputs: [],
  },
  ring_time: {
    meaning: 'while the call rings at the agent',
    formula: 'connecting -> connected',
    inputs: [CONNECTING, CONNECTED],
  },
  talk_time: { meaning: 'connected and not on hold', formula: 'duration - hold', inputs: [DURATION, HOLD] },
  hold_time: { meaning: 'on hold', formula: 'hold', inputs: [HOLD] },
};
