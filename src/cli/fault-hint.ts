/** What a person can do about a fault. Says nothing that the fault itself says already. */

import type { Fault } from '../index.ts';

/** Say what may cure a fault, where there is something to say. */
export function faultHint(fault: Fault): string | undefined {
  switch (fault.kind) {
    case 'command-not-found':
      return 'install it, or give its full path as "command"';
    case 'command-not-executable':
      return 'make it executable (chmod +x), or give its interpreter as "command"';
    case 'working-directory-missing':
      return 'correct "cwd"';
    case 'process-exited':
      return fault.signal === null ? 'start the command by hand to see what it misses' : undefined;
    case 'pipe-closed':
    case 'malformed-message':
      return 'stdout is for messages only: a stdio server logs to stderr';
    case 'unreachable':
      return 'is the server running, and are host and port of "url" right?';
    case 'http-status':
      return fault.status === 404 || fault.status === 405
        ? 'is "url" the endpoint itself (often /mcp or /sse)?'
        : undefined;
    case 'unauthorized':
      return 'give credentials in "headers" ("Authorization": "Bearer ${TOKEN}")';
    case 'foreign-redirect':
      return 'set "url" to where the server redirects, if you trust that place';
    case 'timed-out':
      return 'wrong "transport", or a slow start: raise "connectTimeoutMs"';
    case 'protocol-version-unsupported':
      return 'update the server or this program: they share no revision of MCP';
    case 'message-too-large':
      return 'raise "limits.maxMessageBytes" if such messages are expected';
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
    case 'headers-unavailable':
    case 'transport-unavailable':
    case 'auth-required':
    case 'auth-failed':
    case 'closed':
      return undefined;
  }
}
