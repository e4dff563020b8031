/** Puts any text into the value of a header. Source: MCP 2026-07-28, "Transports", "Value Encoding". */

const MARKED = /^=\?base64\?.*\?=$/s;
/** Visible ASCII, with blanks and tabs between. */
const PLAIN = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** The value of a header that stands for a text: the text itself, or its marked Base64 form where a header cannot hold it. */
export function headerText(text: string): string {
  if (PLAIN.test(text) && !MARKED.test(text)) return text;
  return `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
