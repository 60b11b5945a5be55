/** A link of a Markdown text to a place in the repository. */
export interface RelativeLink {
  /** Path as it is written; empty for a place in the same text. */
  readonly path: string;
  /** Heading as it is written; empty for none. */
  readonly anchor: string;
}

const FENCED = /^(`{3,})[\s\S]*?^\1`*[^\S\n]*$/gm;
const INLINE_CODE = /(`+)[^`][\s\S]*?\1/g;
const LINK = /\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)/gm;

const withoutFences = (markdown: string): string => markdown.replaceAll(FENCED, '');

/** Links that lead to a file or a heading of the repository; links in code do not count. */
export function findRelativeLinks(markdown: string): RelativeLink[] {
  return [...withoutFences(markdown).replaceAll(INLINE_CODE, '').matchAll(LINK)]
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return { path: decodeURIComponent(path), anchor };
    });
}

/** Anchors that GitHub gives to the headings of a text; a repeated heading gets a number. */
export function findAnchors(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutFences(markdown).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const repetition = seen.get(slug) ?? 0;
    seen.set(slug, repetition + 1);
    return repetition === 0 ? slug : `${slug}-${repetition}`;
  });
}
