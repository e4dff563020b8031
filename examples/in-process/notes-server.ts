/** A server of the later line of the SDK, in this process: what serves stdio takes any transport, and so speaks both eras. */

// #region later
import { InMemoryTransport, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

/** Make a transport with a new server at its other end. */
export function connectNotes() {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveStdio(
    () => {
      const server = new McpServer({ name: 'notes', version: '2.0.0' });
      server.registerTool('note', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
        content: [{ type: 'text', text: `noted: ${text}` }],
      }));
      return server;
    },
    { transport: theirs },
  );
  return ours;
}
// #endregion
