/**
 * The handshake of the discover era, by hand: it says which era a server speaks before the code of either SDK line is
 * loaded. Source: MCP 2026-07-28, "Discovery" and "Versioning".
 */

import type {
  ClientCapabilities,
  Implementation,
  JSONRPCMessage,
  JSONRPCRequest,
} from '@modelcontextprotocol/sdk/types.js';
import { type Fault, FaultError } from '../fault.ts';

/** The revision of the discover era that is spoken here. */
export const DISCOVER_REVISION = '2026-07-28';

/** Codes that only a server of the discover era answers with: the revision, a header, a capability is wrong. */
const WRONG_REVISION = -32_022;
const OWN_CODES: readonly number[] = [-32_020, -32_021];

/** Requests until a server that names our revision, and refuses it, is believed to refuse it. */
const MAX_ATTEMPTS = 2;

/** What a server says that is asked what it speaks. */
export type DiscoveryAnswer =
  | { readonly kind: 'discovered'; readonly result: Record<string, unknown> }
  /** It does not know the question: whoever may should ask it to initialize. */
  | { readonly kind: 'other-era' }
  /** It speaks this era, and not with us. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  /** It speaks this era, and no revision that we do. */
  | { readonly kind: 'no-revision' }
  /** The question could not be carried. */
  | { readonly kind: 'lost'; readonly fault: Fault };

/** What the reply to one request means: it may refuse the very revision that it names. */
type Meaning = DiscoveryAnswer | { readonly kind: 'retry' };

/** Who asks, as every request of this era says. */
export interface DiscoveryClient {
  readonly clientInfo: Implementation;
  readonly capabilities: ClientCapabilities;
}

/** What carries the question: a transport that has started. */
export interface DiscoveryPort {
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;
  send(message: JSONRPCMessage, options: { requestSignal: AbortSignal }): Promise<void>;
}

/**
 * Ask a server what it speaks. What arrives meanwhile and is no answer is dropped. Never rejects by itself; aborting the
 * signal takes the question back, and nobody hears any more of it.
 */
export async function discover(
  port: DiscoveryPort,
  client: DiscoveryClient,
  signal: AbortSignal,
): Promise<DiscoveryAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const meaning = await ask(port, discoverRequest(`mcp-supervisor/discover-${attempt}`, client), signal);
    if (meaning.kind !== 'retry') return meaning;
    if (attempt === MAX_ATTEMPTS) return { kind: 'no-revision' };
  }
}

/** Say by which fault a handshake ends that did not succeed, where no other era is tried. */
export function discoveryFault(
  answer: Exclude<DiscoveryAnswer, { kind: 'discovered' }>,
  scrub: (text: string) => string,
): Fault {
  switch (answer.kind) {
    case 'other-era':
    case 'no-revision':
      return { kind: 'protocol-version-unsupported' };
    case 'refused':
      return { kind: 'handshake-refused', code: answer.code, message: scrub(answer.message) };
    case 'lost':
      return answer.fault;
  }
}

function ask(port: DiscoveryPort, request: JSONRPCRequest, requestSignal: AbortSignal): Promise<Meaning> {
  return new Promise((resolve) => {
    port.onmessage = (message) => {
      if (!('method' in message) && message.id === request.id) resolve(meaningOf(message));
    };
    port.send(request, { requestSignal }).catch((error: unknown) => {
      const fault: Fault = error instanceof FaultError ? error.fault : { kind: 'stream-ended' };
      resolve({ kind: 'lost', fault });
    });
  });
}

function meaningOf(reply: Exclude<JSONRPCMessage, { method: string }>): Meaning {
  if ('error' in reply) return meaningOfError(reply.error);
  const { result } = reply;
  const revisions = result['supportedVersions'];
  if (!Array.isArray(revisions)) return { kind: 'other-era' };
  if (revisions.includes(DISCOVER_REVISION)) return { kind: 'discovered', result };
  return speaksInitialize(revisions) ? { kind: 'other-era' } : { kind: 'no-revision' };
}

function meaningOfError({ code, message, data }: { code: number; message: string; data?: unknown }): Meaning {
  // Only our own fence can put an instance there: what a server sends comes out of `JSON.parse`.
  if (data instanceof FaultError) return { kind: 'lost', fault: data.fault };
  if (OWN_CODES.includes(code)) return { kind: 'refused', code, message };
  const supported: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'supported') : undefined;
  if (code !== WRONG_REVISION || !Array.isArray(supported)) return { kind: 'other-era' };
  if (supported.includes(DISCOVER_REVISION)) return { kind: 'retry' };
  return speaksInitialize(supported) ? { kind: 'other-era' } : { kind: 'no-revision' };
}

/** Revisions are dates, and the era began with ours. */
function speaksInitialize(revisions: readonly unknown[]): boolean {
  return revisions.some((revision) => typeof revision === 'string' && revision < DISCOVER_REVISION);
}

function discoverRequest(id: string, { clientInfo, capabilities }: DiscoveryClient): JSONRPCRequest {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': DISCOVER_REVISION,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  return { jsonrpc: '2.0', id, method: 'server/discover', params: { _meta: meta } };
}
