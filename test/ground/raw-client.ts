/**
 * The official SDK client as it comes, without anything of this library around it: the ground is checked with it, and
 * measurements compare with it.
 */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** What to connect to; part of a `ServerConfig`. */
export type RawTarget =
  | {
      readonly transport: 'stdio';
      readonly command: string;
      readonly args: string[];
      readonly env?: Record<string, string>;
    }
  | { readonly transport: 'sse' | 'streamable_http'; readonly url: string };

/** A client with its transport; neither is connected yet. */
export interface RawClient {
  readonly client: Client;
  readonly transport: Transport;
  /** Messages of what the client's `onerror` was given. */
  readonly complaints: string[];
  /** Resolves with the first of them. */
  readonly firstComplaint: Promise<string>;
  /** What the process wrote to stderr, stdio only. */
  readonly stderr: () => string;
  /** Call a tool and return the text of its result. */
  callText(name: string, args?: Record<string, unknown>, timeoutMs?: number): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Construct a client and its transport without I/O. */
export function createRaw(target: RawTarget): RawClient {
  const client = new Client({ name: 'raw', version: '1.0.0' });
  const transport = createTransport(target);
  const complaints: string[] = [];
  const firstComplaint = new Promise<string>((resolve) => {
    client.onerror = ({ message }) => {
      complaints.push(message);
      resolve(message);
    };
  });
  let stderr = '';
  if (transport instanceof StdioClientTransport) {
    transport.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
  }
  return {
    client,
    transport,
    complaints,
    firstComplaint,
    stderr: () => stderr,
    callText: async (name, args = {}, timeoutMs = 10_000) => {
      const result = await client.callTool({ name, arguments: args }, undefined, { timeout: timeoutMs });
      const [first] = result.content as { text?: string }[];
      return first?.text ?? '';
    },
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await transport.close();
    },
  };
}

/** Connect a client; the handshake has `timeoutMs`. */
export async function connectRaw(target: RawTarget, timeoutMs = 10_000): Promise<RawClient> {
  const raw = createRaw(target);
  try {
    await raw.client.connect(raw.transport, { timeout: timeoutMs });
  } catch (error) {
    await raw[Symbol.asyncDispose]();
    throw error;
  }
  return raw;
}

function createTransport(target: RawTarget): StdioClientTransport | SSEClientTransport | StreamableHTTPClientTransport {
  switch (target.transport) {
    case 'stdio':
      return new StdioClientTransport({
        command: target.command,
        args: target.args,
        stderr: 'pipe',
        ...(target.env === undefined ? {} : { env: target.env }),
      });
    case 'sse':
      return new SSEClientTransport(new URL(target.url));
    case 'streamable_http':
      return new StreamableHTTPClientTransport(new URL(target.url));
  }
}
