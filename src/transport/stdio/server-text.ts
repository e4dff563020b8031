/**
 * Makes text that a server wrote fit to be shown: scrubbed of the configuration's secrets, without control
 * characters, and short. It never shows a part of a secret that a cut made unrecognisable.
 */

import { stripVTControlCharacters } from 'node:util';

/** Bytes of one line that are looked at. */
export const WINDOW_BYTES = 16 * 1024;
/** Longest secret, in characters, that is still kept out when the window cut it in two. */
const LONGEST_SECRET_CHARS = 8 * 1024;

/** C0 and C1 controls but the tab: a terminal or a log reader would act on them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/**
 * Make one line of a server's text showable.
 *
 * `cut` says that the line went on after `bytes`; then the end of the scrubbed text is left out, since it may
 * hold the first half of a secret.
 *
 * **Bounds** at most `limitChars` characters.
 * **Errors** never throws: text that `scrub` fails on is left out.
 */
export function showServerText(
  bytes: Buffer,
  cut: boolean,
  limitChars: number,
  scrub: (text: string) => string,
): string {
  let text: string;
  try {
    const bare = stripVTControlCharacters(scrub(bytes.toString('utf8'))).replace(CONTROLS, '');
    // Again, because a control character in the middle may have hidden a secret.
    text = scrub(bare);
  } catch {
    return '';
  }
  const safeChars = cut ? Math.max(0, text.length - LONGEST_SECRET_CHARS) : text.length;
  return text.slice(0, Math.min(limitChars, safeChars)).trimEnd();
}
