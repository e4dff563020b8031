/** The callbacks of a transport, for those that implement the port: set by the link, and let go together at the end. */

import type { JSONRPCMessage, MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import type { Fault } from '../fault.ts';

/** What a transport tells its link, see `Transport`. */
export class TransportCallbacks {
  onopen?: (() => void) | undefined;
  onfault?: ((fault: Fault) => void) | undefined;
  onheard?: (() => void) | undefined;
  onlistening?: (() => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: (<T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void) | undefined;

  /** Tell nothing any more; whoever has the end still to tell takes `onfault` and `onclose` before. */
  protected silence(): void {
    this.onopen = undefined;
    this.onfault = undefined;
    this.onheard = undefined;
    this.onlistening = undefined;
    this.onclose = undefined;
    this.onerror = undefined;
    this.onmessage = undefined;
  }

  /** Tell the link: a callback of it that throws harms nothing. */
  protected tell(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.report(error);
    }
  }

  /** Tell it what went wrong without ending anything. */
  protected report(error: unknown): void {
    try {
      this.onerror?.(error instanceof Error ? error : new Error('a callback threw', { cause: error }));
    } catch {
      // An error handler that throws has nobody left to tell.
    }
  }
}
