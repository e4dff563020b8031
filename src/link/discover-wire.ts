/**
 * The fence as the v2 line of the SDK sees it. Results are made such that the SDK lets them through: it knows no result
 * without a type, though the specification does, and it refuses a whole list for one of its entries.
 */

import {
  isSpecType,
  type Transport as SdkTransport,
  SUBSCRIPTION_ID_META_KEY,
  type TransportSendOptions,
} from '@modelcontextprotocol/client';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { FaultError } from '../fault.ts';
import { InFlight } from '../policy/in-flight.ts';
import { cancelledRequest } from '../transport/cancellation.ts';
import { isCacheable, withCachingHints } from './caching-hints.ts';
import { TASK_REPLY } from './discover-tasks.ts';
import type { FencedTransport } from './fenced-transport.ts';
import { listAskedBy } from './lists.ts';
import { shortened } from './short-list.ts';

/** Where the page of a list keeps its entries, out of sight of the SDK. */
export const UNCHECKED_ENTRIES = 'mcp-supervisor/entries';

/** The field of a result that holds many items, and what those are. */
const ITEMS: Readonly<Record<string, readonly [field: string, isItem: (value: unknown) => boolean]>> = {
  'tools/call': ['content', isSpecType.ContentBlock],
  'resources/read': [
    'contents',
    (value) => isSpecType.TextResourceContents(value) || isSpecType.BlobResourceContents(value),
  ],
  'prompts/get': ['messages', isSpecType.PromptMessage],
};

/** A request that waits for its reply. */
interface Asked {
  readonly id: RequestId;
  readonly method: string;
  /** It answers what the server asked in the round before. */
  readonly isAnswer: boolean;
}

/** What a wire is told, and tells: of what the SDK is not told there is nothing to be made but a hint. */
export interface WireSetup {
  /** Inputs that one reply may ask for. */
  readonly maxInputs: number;
  progress(params: Record<string, unknown> | undefined): void;
  taskChanged(params: Record<string, unknown> | undefined): void;
}

/** The other end of a fence. */
export class DiscoverWire implements SdkTransport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: SdkTransport['onmessage'];
  readonly hasPerRequestStream: boolean;
  readonly #fence: FencedTransport;
  readonly #setup: WireSetup;
  readonly #asked = new InFlight(({ id }: Asked) => id);
  #started: Promise<void> | undefined;

  constructor(fence: FencedTransport, hasPerRequestStream: boolean, setup: WireSetup) {
    this.#fence = fence;
    this.#setup = setup;
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
      if (cancelled !== undefined) this.#asked.take(cancelled);
      // There the stream of the reply was closed, which says it.
      if (cancelled === undefined || !this.hasPerRequestStream) await this.#fence.send(message);
      return;
    }
    this.#asked.add({ id: message.id, method: message.method, isAnswer: isAnswer(message.params) });
    const { headers, requestSignal } = options ?? {};
    try {
      await this.#fence.send(message, { headers, requestSignal });
    } finally {
      if (this.hasPerRequestStream) this.#asked.take(message.id);
    }
  }

  close(): Promise<void> {
    return this.#fence.close();
  }

  #read(message: JSONRPCMessage): void {
    if ('method' in message) {
      if (this.#isOfAnother(message.params)) return;
      if (message.method === 'notifications/progress') this.#setup.progress(message.params);
      else if (message.method === 'notifications/tasks') this.#setup.taskChanged(message.params);
      else this.onmessage?.(message);
      return;
    }
    const asked = message.id === undefined ? undefined : this.#asked.take(message.id);
    if ('result' in message && isTooMuchInput(message.result, this.#setup.maxInputs)) {
      const fault = { kind: 'malformed-message', detail: 'it wants more input than maxServerRequests' } as const;
      const data = new FaultError(fault, 'unknown');
      this.onmessage?.({ jsonrpc: '2.0', id: message.id, error: { code: -32_000, message: 'not carried', data } });
    } else if ('result' in message && asked !== undefined) {
      this.onmessage?.({ ...message, result: acceptable(asked, message.result) });
    } else this.onmessage?.(message);
  }

  /** Whether it names a subscription that is not open: where all share one channel, nothing else tells. */
  #isOfAnother(params: { readonly _meta?: Record<string, unknown> | undefined } | undefined): boolean {
    const id = params?._meta?.[SUBSCRIPTION_ID_META_KEY];
    if (this.hasPerRequestStream || !(typeof id === 'string' || typeof id === 'number')) return false;
    return this.#asked.get(id)?.method !== 'subscriptions/listen';
  }
}

/** Whether a server asks for more in one reply than it may ask at once. */
function isTooMuchInput(result: Record<string, unknown>, maxInputs: number): boolean {
  const inputs = result['resultType'] === 'input_required' ? result['inputRequests'] : undefined;
  return typeof inputs === 'object' && inputs !== null && Object.keys(inputs).length > maxInputs;
}

/** Whether a request answers what the server asked in the round before. */
function isAnswer(params: Record<string, unknown> | undefined): boolean {
  return params?.['inputResponses'] !== undefined || params?.['requestState'] !== undefined;
}

function acceptable({ method, isAnswer }: Asked, result: Record<string, unknown>): Record<string, unknown> {
  // A call may become a task, and what is asked about one is complete whatever it says.
  if (method === 'tools/call' && result['resultType'] === 'task') {
    return { resultType: 'complete', content: [], [TASK_REPLY]: result };
  }
  const isTyped = 'resultType' in result && !method.startsWith('tasks/');
  const complete = isTyped ? result : { ...result, resultType: 'complete' };
  const typed = isCacheable(method) ? withCachingHints(complete, isAnswer) : complete;
  const list = listAskedBy(method);
  if (list !== undefined) return { ...typed, [list]: [], [UNCHECKED_ENTRIES]: result[list] };
  const items = Object.hasOwn(ITEMS, method) ? ITEMS[method] : undefined;
  return items === undefined ? typed : shortened(typed, ...items);
}
