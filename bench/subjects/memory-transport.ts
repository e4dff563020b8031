/** A server in the same process, as the transport object that the SDKs and the AI SDK take: it costs next to nothing. */

import { answer, type Message } from '../servers/answers.ts';

/** What a client hands its messages to. */
export interface MemoryTransport<M> {
  onmessage?: ((message: M) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  start(): Promise<void>;
  send(message: M): Promise<void>;
  close(): Promise<void>;
}

/** Make a transport whose other end answers in the next microtask, with a message of its own. */
export function memoryTransport<M>(): MemoryTransport<M> {
  const transport: MemoryTransport<M> = {
    start: async () => undefined,
    send: async (message) => {
      const reply = answer(message as Message, 4);
      if (reply === undefined) return;
      const parsed = JSON.parse(await reply) as M;
      queueMicrotask(() => transport.onmessage?.(parsed));
    },
    close: async () => transport.onclose?.(),
  };
  return transport;
}
