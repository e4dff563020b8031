/** What the authorization of a configuration must look like. */

import { z } from 'zod';
import type { TokenRequestFunction } from './auth-config.ts';
import { isLoopback } from './loopback.ts';

function makeSchema() {
  const secret = z.string().min(1, 'must not be empty');

  /** No user, no fragment: RFC 8414 and RFC 6749 allow neither in what they compare. */
  const webUrl = z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password, hash } = new URL(value);
    return (protocol === 'https:' || protocol === 'http:') && username + password + hash === '';
  }, 'must be an http or https URL without user and fragment');

  /** A code in clear text could be read on its way. Programs on this host may have a scheme of their own (RFC 8252). */
  const redirectUrl = z
    .string()
    .refine((value) => {
      if (!URL.canParse(value)) return false;
      const { protocol, hash } = new URL(value);
      return hash === '' && !/^(?:javascript|data|file|blob|about|vbscript):$/.test(protocol);
    }, 'must be a URL without a fragment')
    .refine((value) => {
      if (!URL.canParse(value)) return true;
      const url = new URL(value);
      return url.protocol !== 'http:' || isLoopback(url);
    }, 'must be https, unless it is this host');

  const documentUrl = z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, pathname } = new URL(value);
    return protocol === 'https:' && pathname !== '/';
  }, 'must be an https URL with a path');

  const shared = {
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope without blanks')).optional(),
    issuer: webUrl.optional(),
    account: z.string().min(1, 'must not be empty').max(256).optional(),
    dpop: z.boolean().optional(),
  };

  const authorizationCode = z.strictObject({
    type: z.literal('authorization-code'),
    redirectUrl,
    clientId: secret.optional(),
    clientSecret: secret.optional(),
    clientMetadataUrl: documentUrl.optional(),
    clientName: z.string().min(1, 'must not be empty').max(256).optional(),
    ...shared,
  });

  const clientCredentials = z.strictObject({
    type: z.literal('client-credentials'),
    clientId: secret,
    clientSecret: secret,
    ...shared,
  });

  const privateKeyJwt = z.strictObject({
    type: z.literal('private-key-jwt'),
    clientId: secret,
    privateKey: secret,
    algorithm: z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']),
    ...shared,
  });

  const customGrant = z.strictObject({
    type: z.literal('custom-grant'),
    tokenRequest: z.custom<TokenRequestFunction>((value) => typeof value === 'function', 'must be a function'),
    clientId: secret.optional(),
    clientSecret: secret.optional(),
    ...shared,
  });

  return z.discriminatedUnion('type', [authorizationCode, clientCredentials, privateKeyJwt, customGrant]);
}

/** Accepts exactly a valid `AuthConfig`. Made when the first server over HTTP is configured: others have no use for it. */
export const authConfigSchema = z.lazy(makeSchema);
