/** Writes Markdown tables. */

/** A table with one line per row. A `|` in a cell is escaped, line breaks become spaces. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(cellText).join(' | ')} |`).join('\n');
}

/** Text as inline code; nothing for an empty text. */
export function inlineCode(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}
