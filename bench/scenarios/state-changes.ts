/** What a change of state costs, alone and with the XState inspector attached. */

import { fileURLToPath } from 'node:url';
import { cpuOf } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';
import type { SupervisorSubject } from '../subjects/supervisor.ts';

const SERVERS = 50;
const NOWHERE = fileURLToPath(new URL('no-such-folder', import.meta.url));
const CHANGES = 10_000;

export const stateChanges: Scenario = {
  id: 'state-changes',
  title: 'State changes',
  about:
    `${SERVERS} servers without a working directory, each tried again as soon as it is closed: the cheapest fault that is ` +
    `real. CPU over ${CHANGES.toLocaleString('en-US')} changes of state, after as many, the attempts between them included. The inspector ` +
    'serializes every message, as it does for a page: a snapshot of a supervisor of that many servers is 10 KB of text. Up to ' +
    '100 µs, one core carries 10,000 changes a second. A change is half an epoch: by a profile XState takes a third of it, the ' +
    'garbage collector 17 %, this library 16 %, Effect 10 %, and asking the system for the missing directory 8 %.',
  cases: [
    { id: 'alone', label: 'no inspector', transport: 'none' },
    { id: 'inspected', label: 'inspector attached', transport: 'none' },
  ],
  figures: [
    { id: 'cpu', label: 'CPU per change', unit: 'µs', better: 'less', isRelative: false },
    { id: 'rate', label: 'changes/s', unit: '', better: 'more', isRelative: false },
  ],
  full: { sittings: 2, rounds: 2 },
  subjects: ['supervisor', 'supervisor-base'],
  open: async (stage) => {
    // Loaded only here: it must not weigh on the processes of other scenarios.
    const { createInspector } = await import('@statelyai/inspect');
    let bytes = 0;
    const inspector = createInspector({
      send: (event) => {
        bytes += JSON.stringify(event).length;
      },
    });
    const { mcp } = await (stage.subject as SupervisorSubject).open([], {
      ledger: false,
      ...(stage.case.id === 'inspected' && { inspect: inspector.inspect }),
    });
    let isOver = false;
    const retry = (server: string): void => {
      if (!isOver) mcp.retryServer(server);
    };
    let seen = 0;
    let wanted = Number.POSITIVE_INFINITY;
    let reached = (): void => undefined;
    mcp.on('state', ({ server, to }) => {
      if (to === 'closed') setImmediate(retry, server);
      seen += 1;
      if (seen >= wanted) reached();
    });
    const changes = (count: number): Promise<void> =>
      new Promise((resolve) => {
        wanted = seen + count;
        reached = resolve;
      });
    for (let server = 0; server < SERVERS; server += 1) {
      await mcp.addServer(
        { name: `s${server}`, transport: 'stdio', command: process.execPath, cwd: NOWHERE, protocol: 'initialize' },
        { waitUntil: 'added' },
      );
    }
    await changes(CHANGES);
    return {
      round: async () => {
        const startedAt = performance.now();
        const cpu = await cpuOf(() => changes(CHANGES));
        if (stage.case.id === 'inspected' && bytes === 0) throw new Error('the inspector saw nothing');
        return { cpu: cpu / CHANGES, rate: (CHANGES / (performance.now() - startedAt)) * 1_000 };
      },
      close: () => {
        isOver = true;
        return mcp.close({ force: true });
      },
    };
  },
};
