/** What a person can do about a fault. Says nothing that the fault itself says already. */

import type { Fault } from '../index.ts';

/** Say what may cure a fault, where there is something to say. */
export function faultHint(fault: Fault): string | undefined {
  switch (fault.kind) {
    case 'command-not-found':
      return 'install it, or give its full path as "command"';
    case 'command-not-executable':
      return 'make the file executable (chmod +x), or start it through its interpreter';
    case 'working-directory-missing':
      return 'correct "cwd"';
    case 'process-exited':
      return fault.signal === null ? 'start the command by hand to see what it misses' : undefined;
    case 'pipe-closed':
    case 'malformed-message':
      return 'a stdio server must write nothing but messages to stdout, and log to stderr';
    case 'unreachable':
      return 'is the server running, and are host and port of "url" right?';
    case 'http-status':
      return fault.status === 404 || fault.status === 405
        ? 'is "url" the endpoint itself (often /mcp or /sse)?'
        : undefined;
    case 'unauthorized':
      return 'give credentials in "headers", such as "Authorization": "Bearer ${TOKEN}"';
    case 'foreign-redirect':
      return 'set "url" to where the server redirects, if you trust that place';
    case 'timed-out':
      return 'is it the right "transport"? A slow start needs a larger "connectTimeoutMs"';
    case 'protocol-version-unsupported':
      return 'the server speaks revisions of MCP that this client does not: update one of them';
    case 'message-too-large':
      return 'raise "maxMessageBytes" if such messages are expected';
    case 'dependency-lost':
      return `look at '${fault.server}' first`;
    case 'crashed':
      return 'this is a defect of mcp-supervisor: please report it';
    case 'spawn-failed':
    case 'write-stalled':
    case 'session-lost':
    case 'stream-ended':
    case 'stream-silent':
    case 'reply-lost':
    case 'unresponsive':
    case 'handshake-refused':
    case 'flooded':
    case 'closed':
      return undefined;
  }
}
