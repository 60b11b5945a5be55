import type { Random } from './random.ts';

/** How a list that has no elements is rendered. Missing, null and empty are not the same thing on the wire. */
export type Emptiness = 'empty' | 'null' | 'missing';

/** How timestamps of a record are written. */
export type Clock = 'Z' | '+00:00' | '-05:00' | '+05:30';

/** The oddities that the records of calls and chats share. */
export interface Traits {
  readonly clock: Clock;
  readonly rating: 'integer' | 'float' | 'string';
  readonly agentNumber: 'string' | 'integer' | 'null';
  readonly transfersWhenNone: Emptiness;
  /** `hidden` of menus as a word instead of a boolean. */
  readonly hiddenAsWord: boolean;
  /** Whether `voip_provider`, `wfm_id` and similar keys are present. */
  readonly extraKeys: boolean;
  /** `agent_info` is left out, not null, when no agent handled the call or chat. */
  readonly dropsNullAgent: boolean;
  readonly legacyClassName: boolean;
  readonly newVocabulary: boolean;
  /** Whether transfers have the times of their receivers. */
  readonly transferTimes: boolean;
}

/** Field-level oddities of one call's record: what the API shows and under which name. */
export interface CallTraits extends Traits {
  readonly endField: 'ends_at' | 'ended_at' | 'both';
  readonly endHidden: boolean;
  readonly connectingShown: boolean;
  readonly assignedHidden: boolean;
  readonly durationField: 'call_duration' | 'duration' | 'none';
  readonly holdField: 'shown' | 'null' | 'missing';
  readonly participants: 'shown' | Emptiness;
  /** The last agent of a conference keeps an open row when the call is over. */
  readonly openRow: boolean;
  /** The agent who receives a transfer to a queue is never named in it. */
  readonly receiverUnnamed: boolean;
  /** `queue_durations` and `handle_durations` are missing. */
  readonly durationRowsMissing: boolean;
}

/** Field-level oddities of one chat's record. */
export interface ChatTraits extends Traits {
  readonly userId: 'string' | 'integer';
  readonly endField: 'finished_at' | 'ended_at';
  readonly failReason: 'null' | 'nothing';
  /** A documented sample has no `agent_info` although an agent takes part. */
  readonly losesAgent: boolean;
  /** `queue_durations` is missing. */
  readonly queueRowsMissing: boolean;
}

function sharedTraits(random: Random): Traits {
  return {
    clock: random.weighted([
      ['Z', 960],
      ['+00:00', 25],
      ['-05:00', 10],
      ['+05:30', 5],
    ]),
    rating: random.weighted([
      ['integer', 8],
      ['float', 1],
      ['string', 1],
    ]),
    agentNumber: random.weighted([
      ['string', 7],
      ['integer', 2],
      ['null', 1],
    ]),
    transfersWhenNone: random.weighted([
      ['empty', 8],
      ['null', 1],
      ['missing', 1],
    ]),
    hiddenAsWord: random.chance(0.05),
    extraKeys: random.chance(0.8),
    dropsNullAgent: random.chance(0.1),
    legacyClassName: random.chance(0.04),
    newVocabulary: random.chance(0.7),
    transferTimes: random.chance(0.5),
  };
}

export function drawCallTraits(random: Random): CallTraits {
  return {
    ...sharedTraits(random),
    endField: random.weighted([
      ['ends_at', 90],
      ['ended_at', 7],
      ['both', 3],
    ]),
    endHidden: random.chance(0.006),
    connectingShown: random.chance(0.12),
    assignedHidden: random.chance(0.004),
    durationField: random.weighted([
      ['call_duration', 960],
      ['duration', 35],
      ['none', 5],
    ]),
    holdField: random.weighted([
      ['shown', 985],
      ['null', 10],
      ['missing', 5],
    ]),
    participants: random.weighted([
      ['shown', 985],
      ['missing', 5],
      ['null', 5],
      ['empty', 5],
    ]),
    openRow: random.chance(0.1),
    receiverUnnamed: random.chance(0.2),
    durationRowsMissing: random.chance(0.02),
  };
}

export function drawChatTraits(random: Random): ChatTraits {
  return {
    ...sharedTraits(random),
    userId: random.chance(0.5) ? 'string' : 'integer',
    endField: random.chance(0.5) ? 'finished_at' : 'ended_at',
    failReason: random.chance(0.7) ? 'null' : 'nothing',
    losesAgent: random.chance(0.03),
    queueRowsMissing: random.chance(0.2),
  };
}
