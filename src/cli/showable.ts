/**
 * Makes text that somebody else wrote (a server, a file, a path) safe to print: a terminal acts on control
 * characters, and a reader is misled by characters that reorder or hide text. Everything the program prints that is
 * not its own passes through here, before colours are added.
 */

/**
 * C0 and C1 controls, line separators, directional controls, interlinear and tag characters, the byte order mark and
 * lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Where the printable pictures of the C0 controls begin in Unicode. */
const CONTROL_PICTURES = 0x2400;

/**
 * Make a text safe to print in one line: runs of white space become one space, any other control is replaced by a
 * visible sign (`␛`, `<U+009B>`).
 *
 * **Errors** never throws.
 */
export function showLine(text: string): string {
  return text
    .replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029 ]+/g, ' ')
    .trim()
    .replaceAll(UNSAFE, picture);
}

/** Make a text safe to print as it is laid out: line ends and tabs stay, any other control is made visible. */
export function showText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSAFE, (sign) => (sign === '\n' || sign === '\t' ? sign : picture(sign)));
}

/**
 * Write a value as JSON that a terminal can be shown: what JSON leaves as it is and a terminal acts on is escaped, so
 * a reader of JSON gets the same value.
 */
export function showJson(value: unknown, indent = 0): string {
  const json = JSON.stringify(value, undefined, indent) ?? 'null';
  return json.replaceAll(UNSAFE, (sign) => (sign === '\n' ? sign : escaped(sign)));
}

function picture(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === 0x7f) return '\u2421';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

function escaped(sign: string): string {
  const units = Array.from({ length: sign.length }, (_, index) => sign.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
