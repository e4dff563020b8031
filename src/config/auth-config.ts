/**
 * How this client is authorized at an HTTP server: a union discriminated by `type` (`auth-schema.ts` accepts exactly
 * this). It holds secrets, and stays in the vault with the rest of the configuration.
 */

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

/** What all ways to be authorized have in common. */
interface SharedAuthConfig {
  /** What to ask for when the server does not say what it wants. Default: nothing in particular. */
  readonly scopes?: readonly string[] | undefined;
  /**
   * The only authorization server that may be used. Without it the MCP server names one, and with it who gets
   * `clientSecret`; what was issued is bound to the first one in any case.
   */
  readonly issuer?: string | undefined;
  /** Keeps the credentials of several accounts at one URL apart: 1 to 256 characters. */
  readonly account?: string | undefined;
  /** Bind tokens to a key of this client (RFC 9449), where the authorization server does it. Default false. */
  readonly dpop?: boolean | undefined;
}

/** A person authorizes this client in a browser. Source: MCP 2025-11-25, basic/authorization. */
export interface AuthorizationCodeConfig extends SharedAuthConfig {
  /** By a person: see `authorize`. */
  readonly type: 'authorization-code';
  /** Where the browser is sent with the answer. For `authorize` with `open`: `http://127.0.0.1:<port>/<path>`. */
  readonly redirectUrl: string;
  /** Registered beforehand; without it, by `clientMetadataUrl` or dynamically (RFC 7591). */
  readonly clientId?: string | undefined;
  /** Its secret, where it is a confidential client; shown nowhere. */
  readonly clientSecret?: string | undefined;
  /** Where this client describes itself, an `https:` URL; it is its id where the authorization server reads such documents. */
  readonly clientMetadataUrl?: string | undefined;
  /** How this client is shown to that person. Default: the name in `clientInfo`. */
  readonly clientName?: string | undefined;
}

/** This client authorizes itself, by its secret. Source: RFC 6749, section 4.4. */
export interface ClientCredentialsConfig extends SharedAuthConfig {
  /** By a secret that both know. */
  readonly type: 'client-credentials';
  /** As registered beforehand. */
  readonly clientId: string;
  /** Its secret, shown nowhere. */
  readonly clientSecret: string;
}

/** This client authorizes itself, by what it signs (RFC 7523). */
export interface PrivateKeyJwtConfig extends SharedAuthConfig {
  /** By a signed assertion. */
  readonly type: 'private-key-jwt';
  /** As registered beforehand. */
  readonly clientId: string;
  /** PKCS #8, as PEM; shown nowhere. */
  readonly privateKey: string;
  /** What it signs with; it has to fit the key. */
  readonly algorithm: 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';
}

/** This client authorizes itself by a grant of your own: an assertion (RFC 7523), an exchanged token (RFC 8693). */
export interface CustomGrantConfig extends SharedAuthConfig {
  /** By what `tokenRequest` gives. */
  readonly type: 'custom-grant';
  /** Makes the parameters of each token request. */
  readonly tokenRequest: TokenRequestFunction;
  /** Sent with them, where the authorization server knows this client. */
  readonly clientId?: string | undefined;
  /** Its secret, shown nowhere. */
  readonly clientSecret?: string | undefined;
}

/** How this client is authorized at a server. */
export type AuthConfig = AuthorizationCodeConfig | MachineAuthConfig;

/** How a client authorizes itself. */
export type MachineAuthConfig = ClientCredentialsConfig | PrivateKeyJwtConfig | CustomGrantConfig;

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
