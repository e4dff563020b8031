/**
 * How this client is authorized at an HTTP server: a union discriminated by `type`. It holds secrets, and stays in the
 * vault with the rest of the configuration.
 */

import { z } from 'zod';
import { isLoopback } from './loopback.ts';

/** What a function that makes token requests is told. */
export interface TokenRequestContext {
  /** The authorization server. */
  readonly issuer: string;
  /** What the token is for (RFC 8707), where the MCP server says it. */
  readonly resource: string | undefined;
  /** What to ask for, separated by blanks. */
  readonly scope: string | undefined;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Makes the parameters of a token request: `grant_type`, and what that grant needs. Called for each token. */
export type TokenRequestFunction = (
  context: TokenRequestContext,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

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
    /** What to ask for when the server does not say what it wants. */
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope without blanks')).optional(),
    /**
     * The only authorization server that may be used. Without it the MCP server names one, and with it who gets
     * `clientSecret`; what was issued is bound to the first one in any case.
     */
    issuer: webUrl.optional(),
    /** Keeps the credentials of several accounts at one URL apart. */
    account: z.string().min(1, 'must not be empty').max(256).optional(),
    /** Bind tokens to a key of this client (RFC 9449), where the authorization server does it. Default false. */
    dpop: z.boolean().optional(),
  };

  const authorizationCode = z.strictObject({
    /** A person authorizes this client in a browser. */
    type: z.literal('authorization-code'),
    /** Where the browser is sent with the answer. For `authorize` with `open`: `http://127.0.0.1:<port>/<path>`. */
    redirectUrl,
    /** Registered beforehand; without it, by `clientMetadataUrl` or dynamically (RFC 7591). */
    clientId: secret.optional(),
    clientSecret: secret.optional(),
    /** Where this client describes itself; it is its id where the authorization server reads such documents. */
    clientMetadataUrl: documentUrl.optional(),
    /** How this client is shown to that person. Default: the name in `clientInfo`. */
    clientName: z.string().min(1, 'must not be empty').max(256).optional(),
    ...shared,
  });

  const clientCredentials = z.strictObject({
    /** This client authorizes itself, by its secret. */
    type: z.literal('client-credentials'),
    clientId: secret,
    clientSecret: secret,
    ...shared,
  });

  const privateKeyJwt = z.strictObject({
    /** This client authorizes itself, by what it signs (RFC 7523). */
    type: z.literal('private-key-jwt'),
    clientId: secret,
    /** PKCS #8, as PEM. */
    privateKey: secret,
    algorithm: z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']),
    ...shared,
  });

  const customGrant = z.strictObject({
    /** This client authorizes itself by a grant of your own: an assertion (RFC 7523), an exchanged token (RFC 8693). */
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

/** How this client is authorized at a server. */
export type AuthConfig = z.infer<typeof authConfigSchema>;

/** How a client is authorized by a person. */
export type AuthorizationCodeConfig = Extract<AuthConfig, { type: 'authorization-code' }>;

/** How a client authorizes itself. */
export type MachineAuthConfig = Exclude<AuthConfig, AuthorizationCodeConfig>;

/** The types, as a person reads them. */
export const AUTH_TYPES = '"authorization-code", "client-credentials", "private-key-jwt" or "custom-grant"';

/** Those values of a configuration that are secret. */
export function authSecrets(auth: AuthConfig): string[] {
  if (auth.type === 'private-key-jwt') return [auth.privateKey];
  return auth.clientSecret === undefined ? [] : [auth.clientSecret];
}

/** Replace what is secret, and what is no data. */
export function redactAuth(auth: AuthConfig, redacted: string): AuthConfig {
  switch (auth.type) {
    case 'private-key-jwt':
      return { ...auth, privateKey: redacted };
    case 'custom-grant': {
      const { tokenRequest: _, ...shown } = auth;
      // Not meant to be connected with, and plain data as all of it.
      return hideSecret(shown as AuthConfig & { type: 'custom-grant' }, redacted);
    }
    default:
      return hideSecret(auth, redacted);
  }
}

function hideSecret<T extends { clientSecret?: string | undefined }>(auth: T, redacted: string): T {
  return auth.clientSecret === undefined ? auth : { ...auth, clientSecret: redacted };
}
