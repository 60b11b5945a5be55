import { choosePlace, type QueuePlace, readMenu } from './queue-place.ts';
import type { JsonObject } from './record-reader.ts';

/** The queue that a transfer left. */
export const readGivenPlace = ({ from_menu_path, from_menu }: JsonObject): QueuePlace =>
  choosePlace(readMenu(from_menu_path), readMenu(from_menu));

/** The queue that a transfer went to. */
export const readReceivingPlace = ({ to_menu_path, to_menu }: JsonObject): QueuePlace =>
  choosePlace(readMenu(to_menu_path), readMenu(to_menu));

/** Whether a transfer names a queue that it went to. */
export function namesQueue(row: JsonObject): boolean {
  const { id, name } = readReceivingPlace(row);
  return id !== null || name !== null;
}
