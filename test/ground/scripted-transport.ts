/**
 * A transport whose other end is the test: what is sent is kept, what arrives is said by the test, and each request
 * is answered by a script. Moves messages in memory, as JSON would.
 */

import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Fault } from '../../src/fault.ts';
import type { Transport } from '../../src/transport/transport.ts';

/** What a script answers with: the rest of a JSON-RPC response, or nothing at all. */
export type ScriptedAnswer = { readonly result: unknown } | { readonly error: unknown } | undefined;

/** The answer of a server that speaks the revision it is asked for. */
export function initializeResult(request: JSONRPCRequest, changes: Record<string, unknown> = {}): ScriptedAnswer {
  const { protocolVersion } = request.params as { protocolVersion: string };
  const serverInfo = { name: 'scripted', version: '1' };
  return { result: { protocolVersion, serverInfo, capabilities: { tools: { listChanged: true } }, ...changes } };
}

/** One end of a conversation. */
export class ScriptedTransport implements Transport {
  onopen?: (() => void) | undefined;
  onfault?: ((fault: Fault) => void) | undefined;
  onheard?: (() => void) | undefined;
  onlistening?: (() => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: Transport['onmessage'];
  readonly sent: JSONRPCMessage[] = [];
  readonly journal: string[] = [];
  /** Answers each request; by default the handshake and the ping only. */
  answer: (request: JSONRPCRequest) => ScriptedAnswer = (request) => {
    if (request.method === 'initialize') return initializeResult(request);
    return request.method === 'ping' ? { result: {} } : undefined;
  };
  /** Called before a message counts as sent; what it throws is why it could not be sent. */
  carry: (message: JSONRPCMessage) => void | Promise<void> = () => {};
  starting: Promise<void> = Promise.resolve();

  async start(): Promise<void> {
    this.journal.push('start');
    await this.starting;
    this.onopen?.();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.carry(message);
    this.sent.push(message);
    if (!('method' in message && 'id' in message)) return;
    const answer = this.answer(message);
    if (answer !== undefined)
      queueMicrotask(() => this.receive({ jsonrpc: '2.0', id: message.id, ...answer } as never));
  }

  async farewell(): Promise<void> {
    this.journal.push('farewell');
  }

  async close(): Promise<void> {
    this.journal.push('close');
  }

  /** A message arrives. */
  receive(message: JSONRPCMessage): void {
    this.onheard?.();
    this.onmessage?.(JSON.parse(JSON.stringify(message)) as JSONRPCMessage);
  }

  /** The methods of what was sent, in order. */
  get methods(): string[] {
    return this.sent.map((message) => ('method' in message ? message.method : 'answer'));
  }

  /** The request of that method which was sent last. */
  lastRequest(method: string): JSONRPCRequest {
    const request = this.sent.findLast(
      (message) => 'method' in message && 'id' in message && message.method === method,
    );
    if (request === undefined) throw new Error(`no ${method} was sent`);
    return request as JSONRPCRequest;
  }
}
