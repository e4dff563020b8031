/** How many columns of a terminal a text takes, and how to make it fit. Knows nothing of colours. */

import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter();

/** Cut a text to a number of columns; what is cut off leaves an ellipsis. A width of `Infinity` cuts nothing. */
export function cut(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  if (columns <= 0) return '';
  // No terminal is that wide, and segmenting is not cheap: the rest cannot be seen.
  const seen = text.slice(0, columns * 8 + 64);
  if (seen.length === text.length && stringWidth(text) <= columns) return text;
  let shown = '';
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(seen)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    shown += segment;
  }
  return `${shown.trimEnd()}…`;
}

/** Cut or fill a text so that it takes exactly that many columns. */
export function fit(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const shown = cut(text, columns);
  const blank = ' '.repeat(Math.max(0, columns - stringWidth(shown)));
  return side === 'left' ? shown + blank : blank + shown;
}

/** Columns of the widest of these texts, at most `limit`. */
export function widest(texts: readonly string[], limit = Number.POSITIVE_INFINITY): number {
  return Math.min(limit, Math.max(0, ...texts.map((text) => stringWidth(text))));
}
