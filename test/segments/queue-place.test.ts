import { describe, expect, it } from 'vitest';
import { choosePlace, NO_PLACE, readMenu, readSessionQueue } from '../../lambdas/segments/queue-place.ts';

describe('a menu', () => {
  it.each([
    ['nothing', undefined, [null, null, null]],
    ['null', null, [null, null, null]],
    ['an id', 9, [9, '9', null]],
    ['an id as text', '9', [9, '9', null]],
    ['an id with a leading zero', '09', [9, '09', null]],
    ['a path', '1/9', [9, '1/9', null]],
    ['a path with other separators', '/1 -> 9/', [9, '1/9', null]],
    ['a list of ids', [1, '9'], [9, '1/9', null]],
    ['an empty list', [], [null, null, null]],
    ['a list with something else', [1, 'x'], [null, null, null]],
    ['the largest id of one element', '999999999999999', [999_999_999_999_999, '999999999999999', null]],
    ['an id of more digits than a number holds', '9999999999999999999', [null, null, '9999999999999999999']],
    ['a name', 'Billing', [null, null, 'Billing']],
    ['a name with a number', 'Billing 2', [null, null, 'Billing 2']],
    ['a name that begins with a number', '2nd level', [null, null, '2nd level']],
    ['separators alone', ' / ', [null, null, ' / ']],
    ['an empty text', '', [null, null, null]],
    ['true', true, [null, null, null]],
    ['an object with an id', { id: 9, name: 'Billing' }, [9, null, 'Billing']],
    ['an object with a path', { materialized_path: '1/9', name: 'Billing' }, [9, '1/9', 'Billing']],
    ['an object with both', { id: 7, materialized_path: '1/9' }, [9, '1/9', null]],
    ['an object with a path of names', { id: 9, materialized_path: 'Billing' }, [9, null, 'Billing']],
    [
      'an object with a path of names and a name',
      { materialized_path: 'Sales', name: 'Billing' },
      [null, null, 'Billing'],
    ],
    ['an empty object', {}, [null, null, null]],
  ])('is read from %s', (_, value, [id, path, name]) => {
    expect(readMenu(value)).toEqual({ id, path, name });
    // known texts are not read again
    expect(readMenu(value)).toEqual({ id, path, name });
  });

  it('is read alike, however many others were read in between and however long it is', () => {
    const long = Array.from({ length: 200 }, (_, i) => i + 1);
    for (const ids of [...Array.from({ length: 2_500 }, (_, i) => [1, i + 2]), long, [1, 2], long])
      expect(readMenu(ids.join('>'))).toEqual({ id: ids.at(-1), path: ids.join('/'), name: null });
  });

  it('of a session is its path of menus, else the menu that was chosen', () => {
    expect(readSessionQueue({ menu_path: '1/9', selected_menu: { id: 7, name: 'Tech' } })).toEqual({
      id: 9,
      path: '1/9',
      name: null,
    });
    expect(readSessionQueue({ menu_path: null, selected_menu: { id: 7, name: 'Tech' } })).toEqual({
      id: 7,
      path: null,
      name: 'Tech',
    });
    expect(readSessionQueue({ menu_path: '1/9', selected_menu: { id: 9, name: 'Billing' } })).toEqual({
      id: 9,
      path: '1/9',
      name: 'Billing',
    });
  });
});

describe('of several places', () => {
  const place = (id: number | null, path: string | null, name: string | null) => ({ id, path, name });

  it.each([
    ['there is no place without one', [], NO_PLACE],
    [
      'the first that names a queue counts',
      [NO_PLACE, place(9, null, null), place(7, '7', 'Tech')],
      place(9, null, null),
    ],
    ['a name is a queue', [place(null, null, 'Billing'), place(9, '9', 'Tech')], place(null, null, 'Billing')],
    [
      'later ones complete the path of the same queue',
      [place(9, null, 'Billing'), place(9, '1/9', 'Sales')],
      place(9, '1/9', 'Billing'),
    ],
    [
      'later ones complete the name of the same queue',
      [place(9, '1/9', null), place(9, '2/9', 'Billing')],
      place(9, '1/9', 'Billing'),
    ],
    [
      'each lack is filled by the first that can',
      [place(9, null, null), place(9, null, 'Billing'), place(9, '1/9', 'Sales')],
      place(9, '1/9', 'Billing'),
    ],
  ])('%s', (_, places, expected) => {
    expect(choosePlace(...places)).toEqual(expected);
  });
});
