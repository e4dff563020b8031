/**
 * The client of the v1 line of the SDK, as a link uses it: its `Protocol`, which hears what the server says by itself and
 * answers what it asks. The `Client` of that line is not loaded: it brings a validator of JSON Schema for each connection,
 * and results are checked in bounded time here (`call/result-check.ts`).
 */

import { Protocol } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Notification, Request, Result } from '@modelcontextprotocol/sdk/types.js';

/**
 * The host's side of one conversation in the initialize era; it asks nothing.
 *
 * What a server asks is answered at once, also where the server marked it as a task: none is declared, and then the mark
 * is to be ignored. Source: MCP 2025-11-25, tasks, "Task Support and Handling".
 */
export class InitializeClient extends Protocol<Request, Notification, Result> {
  // What may be sent and answered is decided by the link: the server said what it offers, and we what we declare.
  protected override assertCapabilityForMethod(): void {}
  protected override assertNotificationCapability(): void {}
  protected override assertRequestHandlerCapability(): void {}
  protected override assertTaskCapability(): void {}
  protected override assertTaskHandlerCapability(): void {}
}
