// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g;

/**
 * Replaces what a terminal would obey instead of print: control characters except line breaks and tabs, and characters that
 * change the direction of writing. Texts of a platform may contain them.
 */
export const toPrintable = (text: string): string => text.replace(CONTROL, ' ');
