import type { Direction, VisitOrigin } from '../catalog/facts.ts';
import type { CallStory } from './call-story.ts';
import type { ChatStory } from './chat-story.ts';
import type { Menu } from './menus.ts';
import { renderMenuPath } from './render.ts';
import { Course, type Stay } from './truth-course.ts';
import { createCallSight, createChatSight, type Sight } from './truth-sight.ts';

/** A conversation as its facts are made of: what happened, and what the API shows of it. */
export interface ExpectedSession {
  readonly id: number;
  readonly course: Course;
  readonly sight: Sight;
  /** Whether a reader of the record can see that it is over. */
  readonly over: boolean;
  readonly direction: Direction;
  /** Why it entered its first queue. */
  readonly origin: VisitOrigin;
  readonly hasMenu: boolean;
  readonly isInternal: boolean;
  readonly isCampaign: boolean;
  readonly isCallback: boolean;
  /** Accepted without a click; null on chats. */
  readonly isAutoAnswered: boolean | null;
  /** Milliseconds of before-call work. */
  readonly beforeCall: number;
  readonly lang: string;
}

/** Statuses of a conversation that is over even if its end is not shown. */
const CLOSED = ['finished', 'failed', 'recovered', 'deflected', 'action_only_finished', 'voicemail_read'];

const isOver = (course: Course, sight: Sight) => (sight.end && course.end !== null) || CLOSED.includes(course.status);

/** The name of a queue, with the names of the menus above it. */
export const toName = (menu: Menu): string => String(renderMenuPath(menu).name);

/** The name of the queue of a stay, if the record has one: as the queue of the session or of the transfer that led to it. */
export const nameStay = ({ menu, transfer }: Stay, { course, sight }: ExpectedSession): string | null =>
  !sight.queueRows || transfer !== null || menu === course.menu ? toName(menu) : null;

export function readCall(story: CallStory, at: number): ExpectedSession {
  const course = new Course(story.events, at);
  const sight = createCallSight(story);
  const type = story.sessionType ?? story.callType;
  const isCallback = story.parentId !== null || type.includes('Callback');
  const isBooked = type.includes('Scheduled');
  const beforeCall = story.preview && course.assigned !== null ? course.assigned - course.created : 0;
  return {
    id: story.id,
    course,
    sight,
    over: isOver(course, sight),
    direction:
      story.family === 'internal'
        ? 'internal'
        : ['outbound', 'campaign'].includes(story.family)
          ? 'outbound'
          : 'inbound',
    origin:
      story.family === 'campaign'
        ? 'campaign'
        : isCallback
          ? 'callback'
          : course.scheduled !== null || isBooked
            ? 'scheduled'
            : 'inbound',
    hasMenu: story.family === 'ivr',
    isInternal: story.family === 'internal',
    isCampaign: story.family === 'campaign',
    isCallback: isCallback || story.family === 'scheduled',
    isAutoAnswered: story.id % 50 === 0,
    beforeCall,
    lang: story.id % 17 === 0 ? 'fr-CA' : 'en',
  };
}

export function readChat(story: ChatStory, at: number): ExpectedSession {
  const course = new Course(story.events, at);
  const sight = createChatSight(story);
  const type = story.sessionType ?? story.chatType;
  return {
    id: story.id,
    course,
    sight,
    over: isOver(course, sight),
    direction: type.includes('Outbound') ? 'outbound' : 'inbound',
    origin: 'inbound',
    hasMenu: false,
    isInternal: false,
    isCampaign: false,
    isCallback: false,
    isAutoAnswered: null,
    beforeCall: 0,
    lang: story.id % 13 === 0 ? 'fr-CA' : 'en',
  };
}

/** A time as facts show it. */
export const toText = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Menu ids from the root. */
export const toPath = (menu: Menu): string => menu.path.join('/');
