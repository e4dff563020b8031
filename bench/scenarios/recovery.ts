/** What follows when a server is killed, or forgets the session. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../figures/cost.ts';
import type { Figures, Scenario, Stage } from '../scenario.ts';
import type { Host } from '../subjects/subject.ts';
import type { SupervisedHost } from '../subjects/supervisor.ts';

const LIMIT_MS = 3_000;
const PAUSE_MS = 20;
const IN_FLIGHT = 4;

export const recovery: Scenario = {
  id: 'recovery',
  title: 'Recovery',
  about:
    'Four calls with an effect are under way when the server is killed (kill -9), or forgets the session; then the same ' +
    `handle is called until it answers. ${LIMIT_MS.toLocaleString('en-US')} ms: not within that time. "Against a cold ` +
    'connect": until the supervisor is ready again, less its backoff, divided by the time that a new connection takes.',
  cases: [
    { id: 'kill-9', label: 'kill -9, stdio', transport: 'stdio' },
    { id: 'lost-session', label: 'lost session, Streamable HTTP', transport: 'http-json' },
  ],
  figures: [
    { id: 'back', label: 'answers after', unit: 'ms', better: 'less', isRelative: false },
    { id: 'cold', label: 'against a cold connect', unit: '', better: 'less', isRelative: false },
    { id: 'failed', label: 'calls failed', unit: '', better: 'less', isRelative: false },
    { id: 'doubled', label: 'executed twice', unit: '', better: 'less', isRelative: false },
  ],
  full: { sittings: 2, rounds: 4 },
  short: { sittings: 1, rounds: 3 },
  subjects: [
    'supervisor',
    'supervisor-base',
    'raw-v1',
    'raw-v2',
    'ai-sdk',
    'langchain',
    'mcp-use',
    'mastra',
    'mcporter',
  ],
  open: async (stage) => {
    // Not measured: the first connection of a process loads code.
    await (await connected(stage)).close();
    return { round: async () => await recover(stage), close: async () => undefined };
  },
};

async function connected(stage: Stage): Promise<Host> {
  const host = await stage.subject.open([stage.target(0)]);
  await host.ready(0);
  await host.call(0, 'echo', { text: 'first' });
  return host;
}

async function recover(stage: Stage): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'effects');
  const openedAt = performance.now();
  const host = await stage.subject.open([stage.target(0)]);
  try {
    // From the very beginning: the process may be there when whoever opened it goes on.
    await host.ready(0);
    const coldMs = performance.now() - openedAt;
    const pid = Number(/"(\d+)"/.exec(JSON.stringify(await host.call(0, 'pid', {})).replaceAll('\\', ''))?.[1]);
    const agent = new Agent(host, file);
    const underWay = Array.from({ length: IN_FLIGHT }, () => agent.call(200));
    while (effects(file).length < IN_FLIGHT) await delay(5);
    const ready = 'mcp' in host ? readyAgain(host as SupervisedHost) : undefined;
    const startedAt = performance.now();
    await lose(stage, pid);
    while (!(await agent.call(0)) && performance.now() - startedAt < LIMIT_MS) await delay(PAUSE_MS);
    const back = Math.min(LIMIT_MS, performance.now() - startedAt);
    await Promise.all(underWay);
    const seen = effects(file);
    const doubled = seen.length - new Set(seen).size;
    const cold = ready === undefined ? {} : { cold: ((await ready) - startedAt) / coldMs };
    return { back, failed: agent.failed, doubled, ...cold };
  } finally {
    await within(host.close(), LIMIT_MS);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls with an effect, each with a name of its own. */
class Agent {
  failed = 0;
  readonly #host: Host;
  readonly #file: string;
  #count = 0;

  constructor(host: Host, file: string) {
    this.#host = host;
    this.#file = file;
  }

  /** Whether it was answered. */
  async call(delayMs: number): Promise<boolean> {
    this.#count += 1;
    const key = `call-${this.#count}`;
    const answer = this.#host.call(0, 'commit', { file: this.#file, key, delayMs }).catch(() => undefined);
    const isAnswered = JSON.stringify((await within(answer, LIMIT_MS)) ?? null).includes(key);
    if (!isAnswered) this.failed += 1;
    return isAnswered;
  }
}

/** When the supervisor is ready again, had it not waited by its own will. */
async function readyAgain({ mcp }: SupervisedHost): Promise<number> {
  return await new Promise((resolve) => {
    let waitedMs = 0;
    mcp.on('state', ({ to, retryInMs }) => {
      waitedMs += retryInMs ?? 0;
      if (to === 'ready') resolve(performance.now() - waitedMs);
    });
  });
}

async function lose(stage: Stage, pid: number): Promise<void> {
  if (stage.case.id === 'kill-9') process.kill(pid, 'SIGKILL');
  else await fetch(`http://127.0.0.1:${stage.ports[0]}/forget`, { method: 'POST' });
}

function effects(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
