import * as z from 'zod/mini';
import { bigint, double, timestamp, varchar } from '../../catalog/columns.ts';
import { defineEndpoint } from '../../catalog/define-endpoint.ts';
import type { Endpoint } from '../../catalog/index.ts';
import { eventTime, id, identified, nestedIdentified } from '../../catalog/record-fields.ts';

type Catalog = typeof import('../../catalog/index.ts');

const shift = defineEndpoint({
  name: 'shift',
  title: 'Shift',
  doc: 'The shifts that agents are planned for, and again each time one changes.',
  source: { kind: 'tail', path: '/shifts', cursor: 'changed_at', eventTime: 'starts_at' },
  key: ['id'],
  schema: z.object({ id, starts_at: eventTime, changed_at: eventTime }),
  everyMinutes: 30,
  curated: true,
  enums: ['state'],
  columns: {
    id: bigint('The shift.'),
    agent_id: bigint('The agent.', { at: '$.agent.id' }),
    nickname: varchar('What the others call the agent.', { at: '$.agent.nickname', personal: true }),
    state: varchar('`planned`, `begun` or `over`.'),
    starts_at: timestamp('Planned start (UTC).'),
    changed_at: timestamp('Last change of the record (UTC).'),
    planned_duration: double('Planned length in seconds.'),
  },
});

const site = defineEndpoint({
  name: 'site',
  title: 'Site',
  doc: 'The sites that agents work at, from the settings of the portal.',
  source: { kind: 'snapshot', path: '/sites' },
  key: ['id'],
  schema: identified,
  everyMinutes: 120,
  columns: { id: bigint('The site.'), name: varchar('Name of the site.') },
});

const shiftBreak = defineEndpoint({
  name: 'shift_break',
  title: 'Shift Break',
  doc: 'The breaks that are planned within a shift.',
  source: { kind: 'nested', parents: [{ endpoint: 'shift', paths: ['breaks[]'] }] },
  key: ['id'],
  schema: nestedIdentified,
  everyMinutes: 30,
  curated: true,
  columns: { id: bigint('The break.'), starts_at: timestamp('Planned start (UTC).') },
});

const callOffer = defineEndpoint({
  name: 'call_offer',
  title: 'Call Offer',
  doc: 'The offers of a call to groups of agents, as its record lists them.',
  source: { kind: 'nested', parents: [{ endpoint: 'call', paths: ['offer_events[]'] }] },
  key: ['_parent_path'],
  schema: z.object({}),
  everyMinutes: 5,
  columns: {
    offered_at: timestamp('When it was offered (UTC).', { at: '$.casting_time' }),
    group: varchar('The group.'),
  },
});

/** One endpoint of each kind, and one inside the calls. */
export const MADE_UP: readonly Endpoint[] = [shift, site, shiftBreak, callOffer];

/** The catalog with more endpoints, for `vi.mock` of its index. */
export function extendCatalog(original: Catalog, more: readonly Endpoint[] = MADE_UP): Catalog {
  const all = [...original.ENDPOINTS, ...more];
  return {
    ...original,
    ENDPOINTS: all,
    findEndpoint: (name) => all.find((endpoint) => endpoint.name === name),
    listPaths: (endpoints = all) => original.listPaths(endpoints),
  };
}
