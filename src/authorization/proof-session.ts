/** The key that tokens are bound to (DPoP), kept with them: after a restart they are of no use without it. */

import { createHash, type webcrypto } from 'node:crypto';
import { DpopSession, generateDpopKeyPair } from '@modelcontextprotocol/client';

/** The one algorithm that every server with DPoP has in practice. */
const ALGORITHM = 'ES256';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A session, and the private key to keep. */
export interface ProofSession {
  readonly session: DpopSession;
  readonly proofKey: Readonly<Record<string, unknown>>;
}

/** Go on with a kept key, or make a new one. **Source** RFC 9449; RFC 7638 for the thumbprint. */
export async function proofSession(kept: Readonly<Record<string, unknown>> | undefined): Promise<ProofSession> {
  const proofKey = kept ?? (await newKey());
  const { crv, kty, x, y } = proofKey as webcrypto.JsonWebKey;
  const publicJwk = { crv, kty, x, y } as Record<'crv' | 'kty' | 'x' | 'y', string>;
  const { subtle } = globalThis.crypto;
  const keyPair = {
    privateKey: await subtle.importKey('jwk', { ...proofKey, key_ops: ['sign'] }, CURVE, false, ['sign']),
    publicKey: await subtle.importKey('jwk', publicJwk, CURVE, true, ['verify']),
    publicJwk,
    thumbprint: createHash('sha256').update(JSON.stringify(publicJwk)).digest('base64url'),
    alg: ALGORITHM,
  } as const;
  return { session: await DpopSession.create({ keyPair }), proofKey };
}

async function newKey(): Promise<Readonly<Record<string, unknown>>> {
  const { privateKey } = await generateDpopKeyPair({ alg: ALGORITHM, extractable: true });
  const { crv, kty, x, y, d } = await globalThis.crypto.subtle.exportKey('jwk', privateKey);
  return { crv, kty, x, y, d };
}
