/**
 * Where what an authorization server issued is kept: the port that a host may implement. A record holds secrets and
 * nothing else reads it, so a store may keep it as opaque JSON.
 */

/** Which credentials are meant. */
export interface CredentialKey {
  /** The URL of the MCP server, without user, password and fragment. */
  readonly url: string;
  /** The `account` of the configuration; empty without one. */
  readonly account: string;
}

/** A token, and what belongs to it. */
export interface StoredTokens {
  readonly accessToken: string;
  /** How it is presented. */
  readonly scheme: 'Bearer' | 'DPoP';
  readonly refreshToken?: string;
  /** What it was granted for, as far as is known, and what was asked for; separated by blanks. */
  readonly scope?: string;
  readonly requestedScope?: string;
  /** When it expires, in milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number;
}

/** An authorization that a person has still to give. */
export interface PendingAuthorization {
  /** To be opened by that person. */
  readonly url: string;
  /** What proves that an answer belongs to it. */
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUrl: string;
  readonly scope?: string;
  /** As whom it was asked for, where that is not configured; the tokens at hand may be another one's. */
  readonly client?: Readonly<Record<string, unknown>>;
  /** Where the MCP server says who authorizes for it, if it said so. */
  readonly resourceMetadataUrl?: string;
}

/** All that is kept for one server. Plain JSON, and secret as a whole. */
export interface StoredCredentials {
  /** The authorization server that all of it belongs to; nothing of it is ever sent to another. */
  readonly issuer: string;
  /** How this client is registered there, as that server wrote it (RFC 7591). */
  readonly client?: Readonly<Record<string, unknown>>;
  readonly tokens?: StoredTokens;
  readonly pending?: PendingAuthorization;
  /** The private key that tokens are bound to (DPoP), as a JSON Web Key. */
  readonly proofKey?: Readonly<Record<string, unknown>>;
}

/**
 * Keeps credentials. One store may be shared by many supervisors and processes.
 *
 * **Errors** what it rejects with is seen by nobody: the request or connection fails with the fault `auth-failed`, reason
 * `store`.
 */
export interface CredentialStore {
  /** What was written last under a key; nothing when there is nothing. */
  read(key: CredentialKey): Promise<StoredCredentials | undefined>;
  /** Replace what is kept under a key, whole or not at all. */
  write(key: CredentialKey, credentials: StoredCredentials): Promise<void>;
  /** Forget a key. Never called by the library: it is for a host whose user signs out. */
  delete(key: CredentialKey): Promise<void>;
  /**
   * Run an action while nobody else who shares the store runs one for the same key, so that a refresh token is used
   * once. Left out, nobody else may share it.
   */
  exclusively?<T>(key: CredentialKey, action: () => Promise<T>): Promise<T>;
}
