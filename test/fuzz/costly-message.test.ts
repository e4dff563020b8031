/** A message that takes long to read, as its values are many, is refused before it is read. */

import { beforeAll, describe, expect, it } from 'vitest';
import { McpSupervisor } from '../../src/index.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import type { Kind } from './cases.ts';
import { openMouth } from './mouth.ts';

watchForLeaks();

const REPLY = `{"jsonrpc":"2.0","id":@ID@,"result":{"content":[],"structuredContent":{"a":[${'[],'.repeat(10_000_000)}[]]}}}`;
/** The part of the work of reading it that refusing it may cost: passing its bytes on, and counting in them. */
const PART = 1 / 3;

let readMs = Number.POSITIVE_INFINITY;
beforeAll(() => {
  const before = process.cpuUsage();
  JSON.parse(REPLY.replace('@ID@', '1'));
  readMs = workMs(before);
}, 60_000);

describe.each<Kind>(['stdio', 'sse', 'streamable_http'])('a message of ten million values over %s', (kind) => {
  it('costs the call, and the host no more than a part of reading it', { timeout: 60_000 }, async () => {
    await using mouth = await openMouth(kind);
    await using mcp = new McpSupervisor({ ledger: false, handleSignals: false });
    await mcp.addServer({ ...mouth.config, name: 'costly' });
    const text = kind === 'stdio' ? `${REPLY}\n` : `data: ${REPLY}\n\n`;
    mouth.tell({ name: 'costly', point: 'tools/call', utterance: { text, cuts: [], then: 'nothing', as: 'events' } });
    const before = process.cpuUsage();

    const error: unknown = await mcp.callTool('costly', 'polite', {}, { timeoutMs: 30_000 }).catch((e: unknown) => e);
    const refusedMs = workMs(before);

    expect(error).toMatchObject(
      kind === 'streamable_http'
        ? { code: 'REPLY_INVALID', fault: { kind: 'malformed-message' } }
        : { code: 'CONNECTION_LOST', fault: { kind: 'flooded', what: 'values in one message' } },
    );
    expect(refusedMs).toBeLessThan(PART * readMs);
  });
});

/** What this process computed since: how long it waited for a processor depends on what runs beside it. */
function workMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
