/**
 * The client of the v1 line of the SDK, as a link uses it: its `Protocol`, which carries every message, and the handshake.
 * The `Client` of that line is not loaded: it brings a validator of JSON Schema for each connection, and results are
 * checked in bounded time here (`call/result-check.ts`).
 */

import { Protocol } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type ClientCapabilities,
  type Implementation,
  type InitializeResult,
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  type Notification,
  type Request,
  type Result,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';

/**
 * One conversation in the initialize era.
 *
 * What a server asks is answered at once, also where the server marked it as a task: none is declared, and then the mark
 * is to be ignored. Source: MCP 2025-11-25, tasks, "Task Support and Handling".
 */
export class InitializeClient extends Protocol<Request, Notification, Result> {
  readonly #clientInfo: Implementation;
  readonly #capabilities: ClientCapabilities;
  #server: InitializeResult | undefined;

  constructor(clientInfo: Implementation, capabilities: ClientCapabilities) {
    super();
    this.#clientInfo = clientInfo;
    this.#capabilities = capabilities;
  }

  /** What the server said in the handshake, once it is through. Untrusted text. */
  get server(): InitializeResult | undefined {
    return this.#server;
  }

  /**
   * Start the transport and initialize. Rejects with what the SDK rejects with; the transport is closed then.
   *
   * **Source** MCP 2025-11-25, basic/lifecycle, "Initialization".
   */
  async initialize(transport: Transport, timeoutMs: number): Promise<void> {
    await this.connect(transport);
    try {
      const params = {
        protocolVersion: LATEST_PROTOCOL_VERSION,
        capabilities: this.#capabilities,
        clientInfo: this.#clientInfo,
      };
      const said = await this.request({ method: 'initialize', params }, InitializeResultSchema, { timeout: timeoutMs });
      if (!SUPPORTED_PROTOCOL_VERSIONS.includes(said.protocolVersion)) throw new Error('a foreign revision');
      this.#server = said;
      transport.setProtocolVersion?.(said.protocolVersion);
      await this.notification({ method: 'notifications/initialized' });
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  // What may be sent and answered is decided by the link: the server said what it offers, and we what we declare.
  protected override assertCapabilityForMethod(): void {}
  protected override assertNotificationCapability(): void {}
  protected override assertRequestHandlerCapability(): void {}
  protected override assertTaskCapability(): void {}
  protected override assertTaskHandlerCapability(): void {}
}
