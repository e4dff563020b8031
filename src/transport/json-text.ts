/** How many values a JSON text holds. Reading it costs by values, not by bytes: many empty ones stop the host for long. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

/** Fewest characters that a value takes, with what divides it from the next. */
const MIN_CHARS_PER_VALUE = 2;

/**
 * Tell whether a JSON text holds more than `maxValues` objects, arrays, elements and members. A text that is too short
 * for that is not looked at; of any other, strings are skipped and the rest is looked at once, at most until it is clear.
 */
export function holdsMoreValues(text: string, maxValues: number): boolean {
  if (text.length < MIN_CHARS_PER_VALUE * maxValues) return false;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === COMMA || code === OPEN_ARRAY || code === OPEN_OBJECT) {
      values += 1;
      if (values > maxValues) return true;
    }
  }
  return false;
}

/** Where the string that begins at `start` ends; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
