import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { computeJitter, parseRetryAfter } from '../../lambdas/common/retry.ts';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { createAuthorization, parseCredential } from '../../lambdas/platform/credentials.ts';
import { parseNextLink } from '../../lambdas/platform/link-header.ts';
import { canHaveMore, PAGE_SIZE } from '../../lambdas/platform/page.ts';
import { PlatformClock } from '../../lambdas/platform/platform-clock.ts';

afterEach(() => vi.restoreAllMocks());

describe('a base URL', () => {
  it.each([
    'https://acme.uc1.ccaiplatform.com/manager/api/v1',
    'http://localhost:8080/manager/api/v1',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
  ])('%s is accepted', (text) => {
    expect(parseBaseUrl(text).href).toContain(text);
  });

  it.each([
    'http://acme.uc1.ccaiplatform.com/manager/api/v1',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://192.168.0.7/',
    'ftp://acme.uc1.ccaiplatform.com/',
  ])('%s would send the credential unencrypted and is refused', (text) => {
    expect(() => parseBaseUrl(text)).toThrow(ConfigurationError);
    expect(() => parseBaseUrl(text)).toThrow('use https (plain http is for localhost only)');
  });

  it('that is not a URL is refused with the expected form', () => {
    expect(() => parseBaseUrl('acme.uc1.ccaiplatform.com')).toThrow(
      'base URL "acme.uc1.ccaiplatform.com" is not a URL: write https://<subdomain>.<domain>/manager/api/v1',
    );
  });

  it('with a credential in it is refused without repeating the credential', () => {
    const parse = () => parseBaseUrl('https://acme:hunter2@acme.uc1.ccaiplatform.com/');
    expect(parse).toThrow('base URL of acme.uc1.ccaiplatform.com contains a credential');
    expect(parse).not.toThrow('hunter2');
  });
});

describe('a secret', () => {
  it('is a user name and a password', () => {
    expect(parseCredential('s', '{"username":"acme","password":"t","rotated":"today"}')).toEqual({
      username: 'acme',
      password: 't',
    });
  });

  it.each([
    [undefined, 'is empty'],
    ['  ', 'is empty'],
    ['hunter2', 'is not JSON'],
    ['{"username":"acme","password":""}', 'lacks username or password'],
    ['{"username":"acme","token":"hunter2"}', 'lacks username or password'],
    ['["hunter2"]', 'lacks username or password'],
    ['null', 'lacks username or password'],
  ])('%j %s: the operator is told what to fill in and its content is not shown', (text, what) => {
    const parse = () => parseCredential('ccaip/acme', text);
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(`secret ccaip/acme ${what}: fill it with {"username": "<subdomain>"`);
    expect(parse).not.toThrow('hunter2');
  });

  it('makes the header of RFC 7617 in UTF-8', () => {
    expect(createAuthorization({ username: 'Aladdin', password: 'open sesame' })).toBe(
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    );
    expect(createAuthorization({ username: 'test', password: '123£' })).toBe('Basic dGVzdDoxMjPCow==');
  });
});

describe('the next page in a Link header', () => {
  it.each([
    [
      '<https://myco.ujet.co/manager/api/v1/agents?page=2>; rel="next"',
      'https://myco.ujet.co/manager/api/v1/agents?page=2',
    ],
    ['<https://h/a?page=2>; rel="next", <https://h/a?page=9>; rel="last"', 'https://h/a?page=2'],
    ['<https://h/a?page=9>; rel="last", <https://h/a?page=2>; rel="next"', 'https://h/a?page=2'],
    ['<https://h/a?ids=1,2>; title="x, y"; rel=next', 'https://h/a?ids=1,2'],
    ['<https://h/a?page=2>;rel = "NEXT"', 'https://h/a?page=2'],
    ['<https://h/a?page=2>; rel="last next"', 'https://h/a?page=2'],
    ['<https://h/a?page=1>; rel="prev"; title="next", <https://h/a?page=9>; rel="last"', null],
    ['<https://h/next?page=1>; rel="last"', null],
    ['<https://h/a?page=1>; rel="nextish"', null],
    ['nonsense', null],
    ['', null],
    [null, null],
  ])('of %s is %s', (header, next) => {
    expect(parseNextLink(header)).toBe(next);
  });
});

describe('more pages may follow', () => {
  const page = (count: number, total: number | null, hasNext: boolean | null) => ({
    rows: new Array(count).fill({}),
    total,
    hasNext,
    perPage: null,
    answeredAt: 0,
  });
  it.each([
    ['after an empty page if Link says so', page(0, 500, true), 0, true],
    ['not after an empty page without a link', page(0, 500, null), 0, false],
    ['if Link says so, whatever the count', page(7, 7, true), 7, true],
    ['if Total is not reached although Link is silent', page(100, 101, false), 100, true],
    ['if Total is not reached and pages are smaller than asked for', page(50, 101, null), 50, true],
    ['not if Total is reached on a page that is not full', page(77, 177, null), 177, false],
    ['if only Total says that a full page is the last', page(100, 200, null), 200, true],
    ['if Total may be that of the page', page(50, 50, null), 50, true],
    ['not if Total is reached and Link is silent', page(100, 200, false), 200, false],
    ['if only Link says that a full page is the last', page(PAGE_SIZE, null, false), 100, true],
    ['not if Link is silent on a page that is not full', page(PAGE_SIZE - 1, null, false), 99, false],
    ['if no header says anything, until a page is empty', page(1, null, null), 1, true],
  ])('%s', (_rule, answer, taken, more) => {
    expect(canHaveMore(answer, taken)).toBe(more);
  });
});

describe('the platform clock', () => {
  const start = Date.parse('2026-03-02T12:00:00.400Z');
  const at = (seconds: number) => new Date(start + seconds * 1000).toUTCString();

  it('is our own until the platform has sent a readable date', () => {
    const clock = new PlatformClock(() => start);
    clock.observe(null, start);
    clock.observe('soon', start);
    expect(clock.now()).toBe(start);
  });

  it('is our own, which is finer, within the second that the platform sends', () => {
    const clock = new PlatformClock(() => start);
    clock.observe(at(0), start);
    expect(clock.now()).toBe(start);
  });

  it.each([
    [-1, start - 401],
    [1, start - 400 + 1000],
  ])('lies within the second that the platform names where ours is off by %i s', (difference, expected) => {
    const clock = new PlatformClock(() => start);
    clock.observe(at(difference), start);
    expect(clock.now()).toBe(expected);
    expect(Math.floor(clock.now() / 1000)).toBe(Date.parse(at(difference)) / 1000);
  });

  it('keeps its difference until the platform contradicts it', () => {
    let now = start;
    const clock = new PlatformClock(() => now);
    clock.observe(at(1), now);
    const learned = clock.now();
    now += 300;
    clock.observe(at(1), now);
    expect(clock.now()).toBe(learned + 300);
  });

  it.each([-590, -10, 10, 590])("is the platform's, %i s away, and continues with ours", (difference) => {
    let now = start;
    const clock = new PlatformClock(() => now);
    clock.observe(at(difference), now);
    const platform = Date.parse(at(difference));
    expect(clock.now()).toBe(platform);
    now += 5000;
    expect(clock.now()).toBe(platform + 5000);
  });

  it('returns to within a second of our clock once ours is corrected', () => {
    let now = start - 300_000;
    const clock = new PlatformClock(() => now);
    clock.observe(at(0), now);
    expect(clock.now()).toBe(start - 400);
    now = start;
    clock.observe(at(0), now);
    expect(clock.now()).toBe(start - 400);
  });

  it('stays after an earlier run whose clock was a little ahead, but follows the platform if that clock was far off', () => {
    const clock = new PlatformClock(() => start);
    clock.goOnFrom(start + 800);
    expect(clock.now()).toBe(start + 801);
    const other = new PlatformClock(() => start);
    other.goOnFrom(start + 3_600_000);
    expect(other.now()).toBe(start);
  });

  it('gives every answer a later time than the previous one, even if our clock is ahead of the second that all name', () => {
    const date = new Date('2026-03-02T12:00:00Z').toUTCString();
    let now = Date.parse('2026-03-02T12:00:00.000Z');
    const clock = new PlatformClock(() => now);
    const times = [0, 998, 1_300, 1_301, 1_900].map((offset) => {
      now = Date.parse('2026-03-02T12:00:00.000Z') + offset;
      clock.observe(date, now);
      return clock.answered();
    });
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
  });

  it.each([-86_400, -610, 610, 3 * 86_400])('is ignored if it is %i s away', (difference) => {
    const clock = new PlatformClock(() => start);
    clock.observe(at(0), start);
    const before = clock.answered();
    clock.observe(at(difference), start);
    expect(clock.now()).toBe(start);
    expect(clock.answered()).toBe(before + 1);
    expect(Math.round((clock.disbelieved ?? 0) / 1000)).toBe(difference);
    clock.observe(at(0), start);
    expect(clock.now()).toBe(start);
  });

  it('does not mistake a slow answer for a different clock', () => {
    let now = start;
    const clock = new PlatformClock(() => now);
    clock.observe(at(0), now);
    const before = clock.answered();
    const sentAt = now + 100;
    now += 12_000;
    // the platform wrote the header before it became slow
    clock.observe(at(0), sentAt);
    expect(clock.now()).toBe(now);
    const answered = clock.answered();
    expect(answered).toBeGreaterThan(before);
    // it describes the time at which it was written, not at which it arrived
    expect(answered).toBeLessThan(start + 1000);
  });

  it.each([0, 1_000, 4_000])('gives later times to later answers if the clock is set back by %i ms', (back) => {
    let now = start;
    const clock = new PlatformClock(() => now);
    clock.observe(at(0), now);
    const before = clock.answered();
    now += 10;
    clock.observe(at(-back / 1000), now);
    expect(clock.answered()).toBeGreaterThan(before);
  });
});

describe('a pause', () => {
  it('is uniform between nothing and a bound that doubles up to twenty seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const bound = Math.min(20_000, 500 * 2 ** attempt);
          expect(computeJitter(attempt, () => random)).toBeCloseTo(random * bound, 6);
        },
      ),
    );
  });

  it.each([
    ['120', 120_000],
    [' 1.5 ', 1500],
    ['0', 0],
    ['Mon, 02 Mar 2026 12:00:10 GMT', 10_000],
    ['Mon, 02 Mar 2026 11:59:00 GMT', 0],
    ['Monday, 02-Mar-26 12:00:10 GMT', 10_000],
    ['2026-03-02T13:00:10+01:00', 10_000],
    ['99999999999999999999', 365 * 86_400_000],
    ['later', null],
    ['-5', null],
    ['1e3', null],
    ['0x10', null],
    ['120, 120', null],
    ['soon 5', null],
    ['2027-01', null],
    ['Mon, 02 Mar 2026 12:00:10', null],
    ['Mon, 99 Mar 2026 12:00:10 GMT', null],
    ['2026-03-02T12:00:10', null],
    ['', null],
    [null, null],
  ])('asked for by Retry-After %j is %j ms', (header, pause) => {
    expect(parseRetryAfter(header, Date.parse('2026-03-02T12:00:00.000Z'))).toBe(pause);
  });
});
