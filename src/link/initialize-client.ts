/** The client of the v1 line of the SDK, as a link uses it. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';

/**
 * Answers what a server asks at once, also where the server marked it as a task: none is declared, and then the mark is
 * to be ignored. Source: MCP 2025-11-25, tasks, "Task Support and Handling".
 */
export class InitializeClient extends Client {
  // The client would refuse what is marked.
  protected override assertTaskHandlerCapability(_method: string): void {}
}
