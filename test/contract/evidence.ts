/** What the server saw, as evidence: who was told what, how often, and in which conversation. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { JournalEntry } from '../../src/testing/journal.ts';
import { alive } from '../../src/testing/processes.ts';
import type { ServerUnderTest } from './transport-under-test.ts';

/**
 * Assert that each conversation began with one handshake, and that nothing was asked in one after the next had begun:
 * no session lives on unnoticed, and no epoch reaches into another.
 */
export function expectCleanEpochs({ journal }: ServerUnderTest): void {
  const asked = journal
    .entries()
    .filter(({ kind, sessionId }) => kind === 'message' || (kind === 'request' && sessionId));
  const order = asked.map((entry) => conversationOf(entry));
  const conversations = [...new Set(order)];
  const runs = order.filter((conversation, index) => conversation !== order[index - 1]);

  expect(runs, 'conversations do not overlap').toEqual(conversations);
  for (const conversation of conversations) {
    const own = asked.filter((entry) => entry.kind === 'message' && conversationOf(entry) === conversation);
    expect(own.map(({ method }) => method).filter((method) => method === 'initialize')).toEqual(['initialize']);
    expect(own[0]?.method).toBe('initialize');
  }
}

/** Assert that the server holds nothing for us any more: no process of ours, no conversation, no stream. */
export async function expectNothingLeft(server: ServerUnderTest): Promise<void> {
  if (!('url' in server.config)) {
    for (const { pid } of server.journal.entries({ kind: 'started' })) expect(alive(pid), `process ${pid}`).toBe(false);
    return;
  }
  await expect.poll(() => server.control({ set: {} }), { timeout: 2_000 }).toMatchObject({ streams: 0 });
}

/** The lines that the tool `commit` appended to a file, in all lives. */
export function commitsIn(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

function conversationOf({ sessionId, life }: JournalEntry): string {
  return sessionId ?? `life ${life}`;
}
