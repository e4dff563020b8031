/**
 * The Stately inspector of one Node process: the relay server of `@statelyai/inspect` and the client that feeds it.
 * The relay listens on every address and knows no password, so whoever does not call from this machine is cut
 * off before a byte of theirs is read.
 */

import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { createWebSocketInspector } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import type { InspectionObserver } from 'mcp-supervisor';

/** An inspector that runs. */
export interface LocalInspector extends Disposable {
  /** Hand it to `new McpSupervisor({ inspect })`. */
  readonly inspect: Exclude<InspectionObserver, (event: never) => unknown>;
  /** Where a browser shows it. */
  readonly pageUrl: string;
  /** Where its messages can be read. */
  readonly socketUrl: string;
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/**
 * Start the relay and connect to it.
 *
 * The relay keeps the last 200 messages for a page that is opened later; a page that is open from the start sees all.
 * A browser that shows the page loads the inspector from stately.ai, and hands the messages to it inside the browser.
 * The relay does not ask which page reads it: while it runs, any page open on this machine can. No message of the
 * library holds a secret.
 */
export function startLocalInspector(port: number, options: { readonly openBrowser?: boolean } = {}): LocalInspector {
  const cutOffStrangers = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === port && !LOOPBACK.test(socket.remoteAddress ?? '')) socket.destroy();
  };
  diagnostics.subscribe('net.server.socket', cutOffStrangers);
  const server = createInspectorServer({ port, autoOpen: options.openBrowser ?? false });
  const socketUrl = `ws://127.0.0.1:${port}`;
  const inspector = createWebSocketInspector({ url: socketUrl });
  return {
    inspect: inspector.inspect,
    pageUrl: `http://localhost:${port}`,
    socketUrl,
    [Symbol.dispose]: () => {
      inspector.stop();
      server.stop();
      diagnostics.unsubscribe('net.server.socket', cutOffStrangers);
    },
  };
}
