import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';

/** Names of columns whose values can identify a person wherever they occur. */
const PERSONAL = [
  /(^|_)email$/,
  /(^|_)(first|middle|last)_name$/,
  /_number$/,
  /^avatar_url$/,
  /^out_ticket_(id|url)$/,
  /^recording_url$/,
  /end_user/,
  /^url$/,
  /^(old|new)_value$/,
  /^fail_details$/,
  /^location$/,
  /^(participants|transfers)$/,
  /^assignee_name$/,
];

/** Columns whose names do not tell that their values can identify a person. */
const ONLY_HERE: Readonly<Record<string, readonly string[]>> = {
  user_info: ['name'],
  photo: ['id'],
  video: ['id'],
  menu: ['team_assignments', 'agent_assignments'],
};

const expected = ({ name, columns }: Endpoint) => [
  ...Object.keys(columns).filter((column) => PERSONAL.some((pattern) => pattern.test(column))),
  ...(ONLY_HERE[name] ?? []),
];

describe('personal columns', () => {
  it.each(ENDPOINTS.map((endpoint) => [endpoint.name, endpoint] as const))(
    'of %s are flagged, and listed',
    (_, endpoint) => {
      expect(endpoint.personalColumns).toEqual(expect.arrayContaining(expected(endpoint)));
      for (const [column, { personal }] of Object.entries(endpoint.columns))
        expect([column, personal]).toEqual([column, endpoint.personalColumns.includes(column)]);
    },
  );

  it('are flagged wherever their value comes from a place of a person in the record', () => {
    const places = /(\$|\.)(email|first_name|last_name|agent_number|phone_number|end_user|identifier)(\.|$)/;
    for (const { name, columns } of ENDPOINTS)
      for (const [column, { paths, personal }] of Object.entries(columns))
        if (paths.some((path) => places.test(path))) expect([name, column, personal]).toEqual([name, column, true]);
  });

  it('exist: people, calls and chats have some, teams and statuses have none', () => {
    const counts = Object.fromEntries(ENDPOINTS.map(({ name, personalColumns }) => [name, personalColumns.length]));
    for (const name of ['agent', 'user_info', 'call', 'chat', 'call_participant', 'photo', 'video'])
      expect(counts[name]).toBeGreaterThan(0);
    expect([counts.team, counts.team_tree, counts.user_status]).toEqual([0, 0, 0]);
  });
});
