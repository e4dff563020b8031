/**
 * The fence as the v2 line of the SDK sees it. Results are made such that the SDK lets them through: it knows no result
 * without a type, though the specification does, and it refuses a whole list of tools for one of them.
 */

import {
  isSpecType,
  type Transport as SdkTransport,
  SUBSCRIPTION_ID_META_KEY,
  type TransportSendOptions,
} from '@modelcontextprotocol/client';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { cancelledRequest } from '../transport/cancellation.ts';
import type { FencedTransport } from './fenced-transport.ts';
import { shortened } from './short-list.ts';

/** Where a result of `tools/list` keeps its tools, out of sight of the SDK. */
export const UNCHECKED_TOOLS = 'mcp-supervisor/tools';

/** The field of a result that holds a list, and what its items are. */
const LISTS: Readonly<Record<string, readonly [field: string, isItem: (value: unknown) => boolean]>> = {
  'tools/call': ['content', isSpecType.ContentBlock],
  'resources/list': ['resources', isSpecType.Resource],
  'resources/templates/list': ['resourceTemplates', isSpecType.ResourceTemplate],
  'resources/read': [
    'contents',
    (value) => isSpecType.TextResourceContents(value) || isSpecType.BlobResourceContents(value),
  ],
  'prompts/list': ['prompts', isSpecType.Prompt],
  'prompts/get': ['messages', isSpecType.PromptMessage],
};

/** The other end of a fence. */
export class DiscoverWire implements SdkTransport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: SdkTransport['onmessage'];
  readonly hasPerRequestStream: boolean;
  readonly #fence: FencedTransport;
  readonly #progress: (params: Record<string, unknown> | undefined) => void;
  readonly #asked = new Map<RequestId, string>();
  #started: Promise<void> | undefined;

  constructor(
    fence: FencedTransport,
    hasPerRequestStream: boolean,
    progress: (params: Record<string, unknown> | undefined) => void,
  ) {
    this.#fence = fence;
    this.#progress = progress;
    this.hasPerRequestStream = hasPerRequestStream;
    fence.onmessage = (message) => this.#read(message);
    fence.onclose = () => this.onclose?.();
    fence.onerror = (error) => this.onerror?.(error);
  }

  /** Start the transport; started again, for the handshake comes before the SDK, it is the same start. */
  start(): Promise<void> {
    this.#started ??= this.#fence.start();
    return this.#started;
  }

  setProtocolVersion(version: string): void {
    this.#fence.setProtocolVersion(version);
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (!('method' in message && 'id' in message)) {
      const cancelled = cancelledRequest(message);
      if (cancelled !== undefined) this.#asked.delete(cancelled);
      // There the stream of the reply was closed, which says it.
      if (cancelled === undefined || !this.hasPerRequestStream) await this.#fence.send(message);
      return;
    }
    this.#asked.set(message.id, message.method);
    const { headers, requestSignal } = options ?? {};
    try {
      await this.#fence.send(message, { headers, requestSignal });
    } finally {
      if (this.hasPerRequestStream) this.#asked.delete(message.id);
    }
  }

  close(): Promise<void> {
    return this.#fence.close();
  }

  #read(message: JSONRPCMessage): void {
    if ('method' in message) {
      if (this.#isOfAnother(message.params)) return;
      if (message.method === 'notifications/progress') this.#progress(message.params);
      else this.onmessage?.(message);
      return;
    }
    const method = message.id === undefined ? undefined : this.#asked.get(message.id);
    if (message.id !== undefined) this.#asked.delete(message.id);
    if ('result' in message && method !== undefined) {
      this.onmessage?.({ ...message, result: acceptable(method, message.result) });
    } else this.onmessage?.(message);
  }

  /** Whether it names a subscription that is not open: where all share one channel, nothing else tells. */
  #isOfAnother(params: { readonly _meta?: Record<string, unknown> | undefined } | undefined): boolean {
    const id = params?._meta?.[SUBSCRIPTION_ID_META_KEY];
    if (this.hasPerRequestStream || !(typeof id === 'string' || typeof id === 'number')) return false;
    return this.#asked.get(id) !== 'subscriptions/listen';
  }
}

function acceptable(method: string, result: Record<string, unknown>): Record<string, unknown> {
  const typed = 'resultType' in result ? result : { ...result, resultType: 'complete' };
  if (method === 'tools/list') return { ...typed, tools: [], [UNCHECKED_TOOLS]: result['tools'] };
  const list = Object.hasOwn(LISTS, method) ? LISTS[method] : undefined;
  return list === undefined ? typed : shortened(typed, ...list);
}
