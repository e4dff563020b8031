/** Reads what an answer says of the authorization that it misses. Pure; all of it is written by the server. */

import type { ResponseHead } from '../transport/http/exchange.ts';

/** What a server wants, from its `WWW-Authenticate`. */
export interface Challenge {
  /** `insufficient_scope`, `invalid_token`, `use_dpop_nonce`, … */
  readonly error?: string;
  /** Separated by blanks. */
  readonly scope?: string;
  /** Where it says who authorizes for it (RFC 9728). */
  readonly resourceMetadataUrl?: string;
}

/** Longer ones are not read; a server may send any. */
const MAX_HEADER_CHARS = 16_384;

/** A scheme at the beginning or after a comma, a parameter, or anything else that is passed over. */
const TOKEN =
  /\s*,?\s*(?:([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([A-Za-z][\w-]*)(?=\s|,|$)|[^\s,]+)/gy;

/**
 * Read the challenge of the schemes that OAuth uses: `Bearer` and `DPoP`, wherever they stand among others.
 *
 * **Source** RFC 9110, section 11.6.1; RFC 6750, section 3; RFC 9449, section 7.1; RFC 9728, section 5.1.
 */
export function challengeOf(head: ResponseHead): Challenge {
  const text = head.header('www-authenticate')?.slice(0, MAX_HEADER_CHARS) ?? '';
  const parameters = new Map<string, string>();
  let isOurs = false;
  for (const [, name, quoted, plain, scheme] of text.matchAll(TOKEN)) {
    if (scheme !== undefined) isOurs = /^(?:bearer|dpop)$/i.test(scheme);
    else if (isOurs && name !== undefined && !parameters.has(name.toLowerCase())) {
      parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/gs, '$1') ?? plain ?? '');
    }
  }
  const error = parameters.get('error');
  const scope = parameters.get('scope');
  const url = parameters.get('resource_metadata');
  return {
    ...(error && { error }),
    ...(scope && { scope }),
    ...(url !== undefined && URL.canParse(url) && { resourceMetadataUrl: url }),
  };
}
