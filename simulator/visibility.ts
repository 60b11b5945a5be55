import type { CallStory } from './call-story.ts';

/**
 * What the API leaves out of one call's record. The renderer omits exactly this, and the ground truth knows it,
 * so that it can expect `approximate` or `missing_input` without looking at a record.
 */
export interface Visibility {
  readonly end: boolean;
  readonly connecting: boolean;
  readonly assigned: boolean;
  readonly duration: boolean;
  readonly hold: boolean;
  readonly participants: boolean;
  /** The row of this party stays without an end on a call that is over. */
  readonly openRow: number | null;
  readonly receiverUnnamed: boolean;
  readonly durationRows: boolean;
}

/** An oddity shows only on calls where its effect is unambiguous. */
export function createVisibility(story: CallStory): Visibility {
  const { traits, events } = story;
  const end = events.find((event) => event.kind === 'ended');
  const joined = events.flatMap((event) => (event.kind === 'joined' ? [event.party] : []));
  const agents = new Set(joined.flatMap((party) => (party.agent ? [party.agent] : [])));
  const thirdParty = joined.some((party) => party.type === 'third_party');
  const plain = end?.status === 'finished' && agents.size === 1 && !thirdParty && joined.length < 3;
  const leavingLast = events.flatMap((event) =>
    event.kind === 'left' && event.at === end?.at && event.party.agent && joined.includes(event.party)
      ? [event.party]
      : [],
  );
  const conference = new Set(leavingLast.map((party) => party.agent)).size > 1 && !thirdParty;
  return {
    end: !(traits.endHidden && plain),
    connecting: traits.connectingShown,
    assigned: !traits.assignedHidden,
    duration: traits.durationField !== 'none',
    hold: traits.holdField === 'shown',
    participants: traits.participants === 'shown',
    openRow: traits.openRow && conference && story.family !== 'internal' ? (leavingLast[0]?.id ?? null) : null,
    receiverUnnamed: traits.receiverUnnamed,
    durationRows: !(traits.durationRowsMissing && isDerivable(story)),
  };
}

/** Whether the other fields of a record tell all that its duration rows would: a redirection shows in these rows alone. */
function isDerivable({ traits, events }: CallStory): boolean {
  return traits.participants === 'shown' && events.every((event) => event.kind !== 'redirected');
}
