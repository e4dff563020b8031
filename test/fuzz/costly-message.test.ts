/** A message that takes long to read, as its values are many, is refused before it is read. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { McpSupervisor } from '../../src/index.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import type { Kind } from './cases.ts';
import { openMouth } from './mouth.ts';

watchForLeaks();

const REPLY = `{"jsonrpc":"2.0","id":@ID@,"result":{"content":[],"structuredContent":{"a":[${'[],'.repeat(10_000_000)}[]]}}}`;
/** Read as JSON it takes more than that, on any machine. */
const MOMENT_MS = 1_500;

describe.each<Kind>(['stdio', 'sse', 'streamable_http'])('a message of ten million values over %s', (kind) => {
  it('costs the call, and the host no more than a moment', { timeout: 60_000 }, async () => {
    await using mouth = await openMouth(kind);
    await using mcp = new McpSupervisor({ ledger: false, handleSignals: false });
    await mcp.addServer({ ...mouth.config, name: 'costly' });
    const text = kind === 'stdio' ? `${REPLY}\n` : `data: ${REPLY}\n\n`;
    mouth.tell({ name: 'costly', point: 'tools/call', utterance: { text, cuts: [], then: 'nothing', as: 'events' } });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();

    const error: unknown = await mcp.callTool('costly', 'polite', {}, { timeoutMs: 30_000 }).catch((e: unknown) => e);
    delay.disable();

    expect(error).toMatchObject(
      kind === 'streamable_http'
        ? { code: 'REPLY_INVALID', fault: { kind: 'malformed-message' } }
        : { code: 'CONNECTION_LOST', fault: { kind: 'flooded', what: 'values in one message' } },
    );
    expect(delay.max / 1e6).toBeLessThan(MOMENT_MS);
  });
});
