/**
 * One soak: servers over all transports under one supervisor, a constant load, faults at random from a seed, and a
 * verdict. Imports no test framework; `main.ts` runs it for minutes, a test for seconds.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { McpSupervisor } from '../../src/index.ts';
import { chanceOf } from '../../src/testing/chance.ts';
import { scratchFile } from '../../src/testing/scratch.ts';
import { carryOut } from './faults.ts';
import { HeapWatch } from './heap.ts';
import { Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { createPosts, type Post } from './post.ts';
import type { SoakReport } from './report.ts';
import { Residue } from './residue.ts';
import { nextStep } from './scenario.ts';
import { contradictions, countExecutions } from './verdict.ts';

/** How long, and which. */
export interface SoakOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Between two faults, on average. Default 700. */
  readonly faultPauseMs?: number;
  /** Between two calls, on average. Default 20. */
  readonly callPauseMs?: number;
  /** Told of progress, a line now and then. */
  readonly log?: (line: string) => void;
}

/** Everything in a run happens ten to fifty times faster than with the defaults. */
const QUICK = {
  backoff: { baseMs: 50, factor: 2, maxMs: 800 },
  heartbeat: { intervalMs: 500, timeoutMs: 500, misses: 2, busyMisses: 3 },
  stableAfterMs: 2_000,
  parkAfterAttempts: 12,
  parkedProbeMs: 1_500,
  connectTimeoutMs: 4_000,
} as const;
const RECOVERY_MS = 20_000;
const CLOSE_MS = 30_000;
const HEAP_SAMPLES = 60;

/** Run one soak to its verdict. Rejects only when the ground itself fails. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const startedMs = performance.now();
  const residue = new Residue();
  const posts = createPosts();
  const violations: string[] = [];
  const ledger = new Ledger();
  const mcp = new McpSupervisor({
    defaults: QUICK,
    closeTimeoutMs: CLOSE_MS,
    handleSignals: false,
    ledger: { directory: scratchFile('processes') },
    random: chanceOf(options.seed, 3).next,
  });
  const causes = new Map<string, number>();
  let epochCount = 0;
  mcp.on('state', ({ to, cause }) => {
    if (to === 'connecting') epochCount += 1;
    if (to === 'reconnecting' && cause !== undefined) causes.set(cause.kind, (causes.get(cause.kind) ?? 0) + 1);
  });
  mcp.on('*', (event) => {
    if (event.type === 'listener.failed' || event.type === 'server.escalated') violations.push(JSON.stringify(event));
  });
  const unhandled = (error: unknown): void => void violations.push(`unhandled: ${String((error as Error).stack)}`);
  process.on('unhandledRejection', unhandled);

  await Promise.all(posts.map((post) => post.install()));
  await Promise.all(posts.map((post) => mcp.addServer(post.config)));
  const load = new Load(mcp, posts, ledger, chanceOf(options.seed, 1));
  const loading = load.run({ meanPauseMs: options.callPauseMs ?? 20 });

  const heap = new HeapWatch();
  const faults = await torment(options, posts, { mcp, load, ledger, heap, violations });

  violations.push(...(await recover(mcp, posts)));
  load.stop();
  await loading;
  // Every call has a deadline, so each ends by itself; what is open after that hangs.
  await settled(ledger);
  for (const call of ledger.openCalls())
    violations.push(`call ${call.id} (${call.tool} on ${call.server}) never ended`);

  await mcp.close();
  await Promise.all(posts.map((post) => post.retire()()));
  process.off('unhandledRejection', unhandled);
  const left = await residue.left();

  const calls = ledger.calls();
  const executions = countExecutions(posts.flatMap(({ journals }) => journals));
  const verdict = heap.verdict();
  if (!verdict.isFlat) violations.push('the heap grew');
  violations.push(...ledger.complaints, ...contradictions(calls, executions), ...left.map((each) => `left: ${each}`));
  return {
    seed: options.seed,
    elapsedMs: performance.now() - startedMs,
    faults,
    calls,
    spawnCount: residue.spawnCount,
    epochCount,
    causes,
    heap: verdict,
    violations,
  };
}

interface Scene {
  readonly mcp: McpSupervisor;
  readonly load: Load;
  readonly ledger: Ledger;
  readonly heap: HeapWatch;
  readonly violations: string[];
}

/** Do one thing after another until the time is over. Resolves when all of it has ended. */
async function torment(options: SoakOptions, posts: readonly Post[], scene: Scene): Promise<Map<string, number>> {
  const chance = chanceOf(options.seed, 2);
  const counts = new Map<string, number>();
  const running = new Set<Promise<void>>();
  const startedMs = performance.now();
  const sampleEveryMs = options.durationMs / HEAP_SAMPLES;
  let nextSampleMs = startedMs;
  while (performance.now() < startedMs + options.durationMs) {
    const { pauseMs, target, action } = nextStep(chance, posts.length, options.faultPauseMs ?? 700);
    await wait(pauseMs);
    if (performance.now() >= nextSampleMs) {
      nextSampleMs += sampleEveryMs;
      scene.heap.sample();
      options.log?.(`${scene.ledger.madeCount} calls made, ${scene.ledger.openCount} open`);
    }
    const post = posts[target];
    if (post === undefined || post.busy) continue;
    post.busy = true;
    counts.set(action.do, (counts.get(action.do) ?? 0) + 1);
    const done = carryOut(action, post, scene)
      .catch((error: unknown) => {
        scene.violations.push(`'${action.do}' at '${post.name}' failed: ${String(error)}`);
      })
      .finally(() => {
        post.busy = false;
        running.delete(done);
      });
    running.add(done);
  }
  await Promise.all(running);
  return counts;
}

/** After the last fault every server must come back by itself, and serve. */
async function recover(mcp: McpSupervisor, posts: readonly Post[]): Promise<string[]> {
  const problems = await Promise.all(
    posts.map(async ({ name }) => {
      try {
        await mcp.waitFor(name, 'ready', { signal: AbortSignal.timeout(RECOVERY_MS) });
        return [];
      } catch {
        return [`'${name}' was not ready ${RECOVERY_MS} ms after the last fault:\n${mcp.explain(name).text}`];
      }
    }),
  );
  return problems.flat();
}

async function settled(ledger: Ledger): Promise<void> {
  const deadlineMs = performance.now() + 15_000;
  while (ledger.openCount > 0 && performance.now() < deadlineMs) await wait(20);
}
