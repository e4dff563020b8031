/**
 * The ways a text can be read: as it is, percent-decoded, with its backslash escapes resolved, and both. Each reading
 * knows where its characters stand in the original, so that what is found in a reading can be cut out there.
 */

/** One way to read a text. */
export interface Reading {
  readonly text: string;
  /** Where each character begins in the original, and, at the end, the original's length. */
  readonly origin: Uint32Array;
}

/** Enough for JSON inside JSON and for an escaped URL with a doubly encoded query. */
const MAX_DEPTH = 2;

const ESCAPE = /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|([\s\S]))/giy;
const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '0': '\0' };

/**
 * Give all readings of a text that differ, the text itself first.
 *
 * **Bounds** at most seven readings, each no longer than the text.
 */
export function readingsOf(text: string): Reading[] {
  const origin = Uint32Array.from({ length: text.length + 1 }, (_, index) => index);
  const readings: Reading[] = [{ text, origin }];
  let layer = readings.slice();
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    layer = layer.flatMap((reading) => [...percentDecode(reading), ...unescape(reading)]);
    readings.push(...layer);
  }
  return readings;
}

/** A decoder's output under construction. */
class Decoded implements Reading {
  text = '';
  readonly origin: Uint32Array;

  constructor(readonly source: Reading) {
    this.origin = new Uint32Array(source.origin.length);
  }

  /** Add what the source's characters from `index` on stand for. */
  add(part: string, index: number): void {
    this.origin.fill(this.source.origin[index] ?? 0, this.text.length, this.text.length + part.length);
    this.text += part;
  }

  /** Add the source's characters from `start` to `end` as they are. */
  copy(start: number, end: number): void {
    this.origin.set(this.source.origin.subarray(start, end), this.text.length);
    this.text += this.source.text.slice(start, end);
  }

  end(): Reading {
    this.origin[this.text.length] = this.source.origin[this.source.text.length] ?? 0;
    return { text: this.text, origin: this.origin.subarray(0, this.text.length + 1) };
  }
}

function percentDecode(source: Reading): Reading[] {
  if (!/%[0-9a-f]{2}/i.test(source.text)) return [];
  const decoded = new Decoded(source);
  let copied = 0;
  for (const run of source.text.matchAll(/(?:%[0-9a-f]{2})+/gi)) {
    decoded.copy(copied, run.index);
    const bytes = Buffer.from(run[0].replaceAll('%', ''), 'hex');
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceLength(bytes, at);
      decoded.add(bytes.toString(length === 1 ? 'latin1' : 'utf8', at, at + length), run.index + at * 3);
      at += length;
    }
    copied = run.index + run[0].length;
  }
  decoded.copy(copied, source.text.length);
  return [decoded.end()];
}

/** How many bytes the UTF-8 sequence at `at` has; 1 when it is not a valid one. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  for (let next = at + 1; next < at + length; next += 1) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 1;
  return length;
}

function unescape(source: Reading): Reading[] {
  if (!source.text.includes('\\')) return [];
  const decoded = new Decoded(source);
  let copied = 0;
  for (let at = source.text.indexOf('\\'); at >= 0; at = source.text.indexOf('\\', copied)) {
    ESCAPE.lastIndex = at;
    const [whole, point, unit, byte, letter] = ESCAPE.exec(source.text) ?? [];
    if (whole === undefined) break;
    decoded.copy(copied, at);
    decoded.add(letter === undefined ? fromHex(point ?? unit ?? byte ?? '') : (LETTERS[letter] ?? letter), at);
    copied = at + whole.length;
  }
  decoded.copy(copied, source.text.length);
  return [decoded.end()];
}

function fromHex(digits: string): string {
  const code = Number.parseInt(digits, 16);
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\ufffd';
}
