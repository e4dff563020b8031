/**
 * The forms under which a secret can turn up that no reading of a text undoes: base64 at its three alignments,
 * and blanks written as `+`.
 */

import { MIN_SECRET_LENGTH } from './secrets.ts';

/**
 * List a secret and its forms, each at least four characters long.
 *
 * Base64 of a longer text that contains the secret begins and ends with characters that depend on what surrounds it;
 * those are left out, so a form is found in every such text.
 *
 * **Source** RFC 4648, sections 4 and 5.
 */
export function formsOf(secret: string): string[] {
  const forms = new Set([secret, secret.replaceAll(' ', '+')]);
  const bytes = Buffer.from(secret, 'utf8');
  for (const alignment of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(alignment), bytes]).toString('base64');
    // Six bits a character: those that reach into the bytes before and after are undetermined.
    const core = encoded.slice(Math.ceil((alignment * 8) / 6), Math.floor(((alignment + bytes.length) * 8) / 6));
    forms.add(core);
    forms.add(core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...forms].filter((form) => form.length >= MIN_SECRET_LENGTH);
}
