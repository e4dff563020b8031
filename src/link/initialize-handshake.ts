/** The handshake of the initialize era: one request, one notification, and what the answer has to be. */

import {
  type ClientCapabilities,
  type Implementation,
  type InitializeResult,
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { isRecord } from '../config/record.ts';
import { type Fault, FaultError } from '../fault.ts';
import type { InitializeExchange } from './initialize-exchange.ts';
import { RequestError } from './link.ts';

/** Who we are, as the handshake says it. */
export interface InitializingClient {
  readonly clientInfo: Implementation;
  readonly capabilities: ClientCapabilities;
}

/** A revision that is not spoken here is told apart from an answer that is none, so both are looked for below. */
const ANSWER = z.unknown();

const MALFORMED: Fault = { kind: 'malformed-message', detail: 'the answer to the handshake' };

/**
 * Initialize over a transport that has started, and say that it is done. Resolves with what the server said, untrusted.
 *
 * Nothing bounds it but the end of the exchange: a handshake is not taken back on the wire. Rejects with `FaultError`, or
 * with what the exchange rejects with. **Source** MCP 2025-11-25, basic/lifecycle, "Initialization".
 */
export async function shakeHands(exchange: InitializeExchange, client: InitializingClient): Promise<InitializeResult> {
  const params = { protocolVersion: LATEST_PROTOCOL_VERSION, ...client };
  const request = { method: 'initialize', params, schema: ANSWER, isCounted: false };
  const said = readAnswer(await exchange.request(request, { timeoutMs: Number.POSITIVE_INFINITY }));
  exchange.setProtocolVersion(said.protocolVersion);
  await exchange.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return said;
}

function readAnswer(answer: unknown): InitializeResult {
  const version = isRecord(answer) ? answer['protocolVersion'] : undefined;
  if (typeof version === 'string' && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
    throw new FaultError({ kind: 'protocol-version-unsupported' });
  }
  const { data } = InitializeResultSchema.safeParse(answer);
  if (data === undefined) throw new FaultError(MALFORMED);
  return data;
}

/** The fault that a failed handshake is. */
export function handshakeFault(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault;
  const failure = error instanceof RequestError ? error.failure : undefined;
  switch (failure?.kind) {
    case 'fault':
      return failure.fault;
    case 'server-error':
      return { kind: 'handshake-refused', code: failure.code, message: failure.message };
    default:
      return MALFORMED;
  }
}
