/** Where in the lake an object lies. */
export const ZONES = ['raw', 'segments', 'quarantine', 'drift'] as const;
export type Zone = (typeof ZONES)[number];
