/** A channel that does what a test says, and writes down what it was given. */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { InProcessTransport } from '../../../../src/index.ts';

/** One end of a channel, without anything at the other. */
export class ScriptedChannel implements InProcessTransport {
  readonly sent: JSONRPCMessage[] = [];
  closedCount = 0;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;
  onclose?: (() => void) | undefined;
  /** What each step does beside being written down; it may throw, reject or wait. */
  readonly script: {
    start?: () => Promise<void>;
    send?: (message: JSONRPCMessage) => Promise<void> | void;
    close?: () => unknown;
  } = {};

  async start(): Promise<void> {
    await this.script.start?.();
  }

  send(message: JSONRPCMessage): Promise<void> | void {
    this.sent.push(message);
    return this.script.send?.(message);
  }

  close(): Promise<void> | void {
    this.closedCount += 1;
    return this.script.close?.() as Promise<void> | undefined;
  }

  /** Deliver what may be no message at all. */
  deliver(value: unknown): void {
    this.onmessage?.(value as JSONRPCMessage);
  }
}
