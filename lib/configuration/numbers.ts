import * as z from 'zod';

/** @param allowed what is allowed, for the message */
export const wholeNumber = (allowed: string) => z.int(allowed).min(1, allowed);

export const days = () => wholeNumber('a whole number of days, 1 or more');
