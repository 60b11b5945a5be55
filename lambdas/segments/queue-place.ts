import { type JsonObject, readId, readObject, readText } from './record-reader.ts';

/** A queue as a record names it. */
export interface QueuePlace {
  /** Menu id. */
  readonly id: number | null;
  /** Menu ids from the root, separated by `/`. */
  readonly path: string | null;
  readonly name: string | null;
}

export const NO_PLACE: QueuePlace = Object.freeze({ id: null, path: null, name: null });

/** Reads a menu with an id, such as `selected_menu`, or with a path, such as `menu_path`. Missing values give {@link NO_PLACE}. */
export function readMenu(value: unknown): QueuePlace {
  if (value == null) return NO_PLACE;
  if (typeof value !== 'object' || Array.isArray(value)) return readPath(value);
  const menu = readObject(value);
  const place = readPath(menu.materialized_path);
  const name = readText(menu.name) ?? place.name;
  return place.id === null ? { id: readId(menu.id), path: null, name } : { id: place.id, path: place.path, name };
}

const ONE_ID = /^\d{1,15}$/;

/**
 * Reads a path of menu ids. The API documents only paths with one element, so any text between elements counts as a separator. A
 * text without ids is the name of a queue.
 */
export function readPath(path: unknown): QueuePlace {
  if (typeof path !== 'string') return readElements(path, Array.isArray(path) ? path : [path]);
  const known = places.get(path);
  if (known !== undefined) return known;
  const place = ONE_ID.test(path) ? { id: Number(path), path, name: null } : readElements(path, split(path));
  if (places.size >= MAX_PLACES) places.clear();
  if (path.length <= MAX_KEPT_LENGTH) places.set(path, place);
  return place;
}

/** The last texts that were read. A contact centre has a few hundred menus, and each call names some of them several times. */
const places = new Map<string, QueuePlace>();
const MAX_PLACES = 1_000;
/** A longer text is read every time, so that the kept ones have a maximum size. */
const MAX_KEPT_LENGTH = 100;

function readElements(path: unknown, elements: readonly unknown[]): QueuePlace {
  const ids = elements.map(readId);
  if (ids.length === 0 || ids.includes(null)) return { ...NO_PLACE, name: readText(path) };
  return { id: ids.at(-1) ?? null, path: ids.join('/'), name: null };
}

const split = (path: string): string[] => path.split(/\W/).filter((element) => element !== '');

/** Returns the first place that names a queue, with what others know of the same queue. */
export function choosePlace(...places: readonly QueuePlace[]): QueuePlace {
  let chosen = NO_PLACE;
  for (const { id, path, name } of places) {
    if (chosen.id === null && chosen.name === null) chosen = { id, path, name };
    else if (chosen.id === id) chosen = { id, path: chosen.path ?? path, name: chosen.name ?? name };
  }
  return chosen;
}

/** The queue of a session: the path of menus, else the menu that the end user chose. */
export const readSessionQueue = ({ menu_path, selected_menu }: JsonObject): QueuePlace =>
  choosePlace(readMenu(menu_path), readMenu(selected_menu));
