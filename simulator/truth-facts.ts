import type { SessionFacts } from '../catalog/facts.ts';
import type { CallStory } from './call-story.ts';
import type { ChatStory } from './chat-story.ts';
import { expectLegs } from './truth-legs.ts';
import { expectOutcome } from './truth-outcome.ts';
import { type ExpectedSession, readCall, readChat } from './truth-session.ts';
import { expectTransfers } from './truth-transfers.ts';
import { expectVirtualAgentLegs } from './truth-virtual-agents.ts';
import { expectVisits } from './truth-visits.ts';

/**
 * The facts of a call at a virtual time, from its events. Lengths that the API rounds are in whole seconds.
 * What the API does not show is null.
 */
export const expectCallFacts = (story: CallStory, at: number): SessionFacts => expectFacts(readCall(story, at));

/** The facts of a chat at a virtual time, from its events. */
export const expectChatFacts = (story: ChatStory, at: number): SessionFacts => expectFacts(readChat(story, at));

function expectFacts(session: ExpectedSession): SessionFacts {
  const visits = expectVisits(session);
  const legs = expectLegs(session);
  const transfers = expectTransfers(session);
  return {
    outcome: expectOutcome(session, { visits, legs, transfers }),
    queue_visits: visits,
    agent_legs: legs,
    transfers,
    virtual_agent_legs: expectVirtualAgentLegs(session),
  };
}
