/**
 * Runs cases against a supervisor, and holds after each: the call ended with a value or a typed error and in time, a
 * bystander on the same supervisor answers, requests and epochs stay bounded, nothing was polluted, and once the
 * server is polite again it serves.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CallError, DEFAULTS, McpSupervisor, type ServerConfig, SupervisorError } from '../../src/index.ts';
import { drawCase, type Kind } from './cases.ts';
import { LIMIT_BYTES } from './messages.ts';
import { type Mouth, openMouth } from './mouth.ts';
import type { FuzzCase } from './utterance.ts';

/** Which cases. */
export interface FuzzOptions {
  readonly kind: Kind;
  readonly seed: number;
  /** Number of the first case. */
  readonly from: number;
  readonly count: number;
}

/** The bounds of one case. */
export const BOUNDS = {
  /** A call whose reply never comes has this long … */
  callMs: 250,
  /** … and at most this much more, on a machine that is busy. */
  latenessMs: 1_500,
  bystanderMs: 2_000,
  recoveryMs: 6_000,
  /** In one epoch: a list of pages, the answers to a flood, and what a connection takes. Streams are bounded too. */
  requestsPerEpoch: 2 * DEFAULTS.maxPages + DEFAULTS.maxServerRequests + DEFAULTS.maxStreamsPerMinute + 20,
  epochs: 30,
  /** What the live heap may grow by over a whole run. */
  heapBytes: 24 * 1024 * 1024,
} as const;

const QUICK = {
  backoff: { baseMs: 15, factor: 2, maxMs: 120 },
  heartbeat: { intervalMs: 1_000, timeoutMs: 300, misses: 2, busyMisses: 4 },
  parkAfterAttempts: 10,
  connectTimeoutMs: 1_000,
  releaseTimeoutMs: 3_000,
} as const;
const SETTINGS = { limits: { maxMessageBytes: LIMIT_BYTES } } as const;
const FUZZED = 'fuzzed';
const BYSTANDER = 'bystander';

/** Run the cases; rejects with the seed, the number and the name of the first that fails. */
export async function fuzz({ kind, seed, from, count }: FuzzOptions): Promise<void> {
  function* drawn(): Generator<HintedCase> {
    for (let number = from; number < from + count; number += 1) {
      const hint = `case ${number}; repeat with FUZZ_SEED=${seed} FUZZ_FROM=${number} FUZZ_CASES=1`;
      yield { hint, fuzzCase: drawCase(kind, seed, number) };
    }
  }
  await runCases(kind, drawn());
}

/** A case, and how to find it again. */
export interface HintedCase {
  readonly hint: string;
  readonly fuzzCase: FuzzCase;
}

/** Run these cases, one after the other, against one supervisor; rejects with the hint and the name of the first that fails. */
export async function runCases(kind: Kind, cases: Iterable<HintedCase>): Promise<void> {
  await using mouth = await openMouth(kind);
  await using bystander = await openMouth('streamable_http');
  await using mcp = new McpSupervisor({ defaults: QUICK, handleSignals: false, ledger: false });
  const strays: unknown[] = [];
  const stray = (error: unknown): void => void strays.push(error);
  process.on('unhandledRejection', stray);
  process.on('uncaughtException', stray);
  try {
    await mcp.addServer({ ...bystander.config, name: BYSTANDER });
    await mcp.addServer(configOf(mouth));
    // The first connection loads what it needs, and may be late for that.
    const bystanderEpoch = mcp.getServerInfo(BYSTANDER)?.epoch;
    const heapBefore = liveHeap();
    for (const { hint, fuzzCase } of cases) {
      try {
        await runCase({ mcp, mouth, bystanderEpoch }, fuzzCase);
        if (strays.length > 0) throw new Error(`the host would have died: ${String((strays[0] as Error).stack)}`);
      } catch (error) {
        throw new Error(`over ${kind}, ${fuzzCase.name}: ${hint}`, { cause: error });
      }
    }
    const grownBytes = liveHeap() - heapBefore;
    if (grownBytes > BOUNDS.heapBytes) throw new Error(`the heap grew by ${grownBytes} bytes`);
  } finally {
    process.off('unhandledRejection', stray);
    process.off('uncaughtException', stray);
  }
}

interface Stage {
  readonly mcp: McpSupervisor;
  readonly mouth: Mouth;
  readonly bystanderEpoch: number | undefined;
}

/** The mouth knows one conversation at a time. */
const AT_ONCE = { stopFirst: true, drainTimeoutMs: 0 } as const;

async function runCase({ mcp, mouth, bystanderEpoch }: Stage, fuzzCase: FuzzCase): Promise<void> {
  const requestsBefore = mouth.requestCount;
  const epochBefore = mcp.getServerInfo(FUZZED)?.epoch ?? 0;
  mouth.tell(fuzzCase);
  // What is not said in a call is said to a new epoch.
  if (fuzzCase.point !== 'tools/call') await mcp.replaceServer(configOf(mouth), { ...AT_ONCE, waitUntil: 'added' });
  const [text] = await Promise.all([callTyped(mcp), expectBystander(mcp, bystanderEpoch)]);
  expectSane(mcp);
  mouth.tell(undefined);
  await expectRecovery(mcp);

  const requests = mouth.requestCount - requestsBefore;
  const epochs = (mcp.getServerInfo(FUZZED)?.epoch ?? 0) - epochBefore;
  if (requests > (epochs + 1) * BOUNDS.requestsPerEpoch) throw new Error(`it made ${requests} requests`);
  if (epochs > BOUNDS.epochs) throw new Error(`it had ${epochs} epochs`);
  if (text !== undefined && typeof text !== 'string') throw new Error('a text that is none reached the caller');
}

/** Call once; a failure must be typed and in time. */
async function callTyped(mcp: McpSupervisor): Promise<unknown> {
  const startedMs = performance.now();
  let text: unknown;
  try {
    const { content } = await mcp.callTool(FUZZED, 'polite', {}, { timeoutMs: BOUNDS.callMs });
    const [first] = content;
    text = first?.type === 'text' ? first.text : undefined;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
  }
  const elapsedMs = performance.now() - startedMs;
  if (elapsedMs > BOUNDS.callMs + BOUNDS.latenessMs) throw new Error(`the call took ${Math.round(elapsedMs)} ms`);
  return text;
}

async function expectBystander(mcp: McpSupervisor, epochBefore: number | undefined): Promise<void> {
  await mcp.callTool(BYSTANDER, 'polite', {}, { timeoutMs: BOUNDS.bystanderMs });
  const { epoch, state } = mcp.getServerInfo(BYSTANDER) ?? {};
  if (epoch !== epochBefore || state !== 'ready') throw new Error(`the bystander is ${state} in epoch ${epoch}`);
}

/** What a caller can look at must be there, whatever the server said. */
function expectSane(mcp: McpSupervisor): void {
  if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error('the prototype of all objects was polluted');
  if (!Array.isArray(mcp.listTools(FUZZED)[FUZZED])) throw new Error('the tools are no list');
  if (mcp.explain(FUZZED).text === '') throw new Error('nothing was explained');
}

/** A polite server serves again, whatever it said before; the library may have closed or parked it. */
async function expectRecovery(mcp: McpSupervisor): Promise<void> {
  const deadlineMs = performance.now() + BOUNDS.recoveryMs;
  for (;;) {
    mcp.retryServer(FUZZED);
    try {
      const timeoutMs = Math.max(1, deadlineMs - performance.now());
      const { content } = await mcp.callTool(FUZZED, 'polite', {}, { timeoutMs });
      const [first] = content;
      if (first?.type === 'text' && first.text === 'polite') return;
    } catch (error) {
      if (!(error instanceof SupervisorError)) throw error;
      if (performance.now() > deadlineMs) throw new Error(mcp.explain(FUZZED).text, { cause: error });
      // A connection that is being released rejects calls at once: without a turn of the loop it never ends.
      await nextTurn();
    }
    if (performance.now() > deadlineMs) throw new Error(`it did not serve again:\n${mcp.explain(FUZZED).text}`);
  }
}

function configOf({ config }: Mouth): ServerConfig {
  const graces = config.transport === 'stdio' ? { stdinGraceMs: 200, termGraceMs: 200 } : {};
  return { ...config, ...SETTINGS, ...graces, name: FUZZED };
}

function liveHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
