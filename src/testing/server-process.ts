/**
 * Starts a program that listens on a port, in a process group of its own, and knows when it is ready and when it
 * is gone. It never outlives the process that started it. Used by the starters of real and of scripted servers.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { isFree } from './ports.ts';
import { waitGroupGone } from './processes.ts';

const HOST_WATCH = new URL('./host-watch.mjs', import.meta.url).href;
const READY_TIMEOUT_MS = 20_000;
const TAIL_LINES = 20;
const POLL_MS = 10;

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that runs in a process of its own and can be killed, stopped and started again on the same port. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Resolves when the process that runs now, or ran last, has ended. */
  readonly exited: Promise<ProcessExit>;
  /** Send a signal to the process and return at once. Default SIGKILL. */
  kill(signal?: NodeJS.Signals): void;
  /** Kill the whole group and resolve when nothing of it is left. Idempotent. */
  stop(): Promise<void>;
  /** Start it again on the same port; resolves when it accepts connections. Rejects while it runs. */
  start(): Promise<void>;
  /** `stop`, then `start`: same port, new process, everything it held in memory lost. */
  restart(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What to start. */
export interface ServerProgram {
  readonly port: number;
  readonly url: string;
  /** Arguments of `node`; asked for again at each start. */
  readonly args: () => readonly string[];
  /** The `node` that runs it; default the one that runs this process. */
  readonly node?: string;
  /** The whole environment of the process beside `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory; default that of this process. */
  readonly cwd?: string;
  /** Whether this line of its output says that it listens. */
  readonly isReady: (line: string) => boolean;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Life {
  readonly child: Child;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Nothing of its group is left, so its id may belong to somebody else by now. */
  gone: boolean;
}

/** Start a server program; resolves when it accepts connections. Rejects, with its output, when it ends before. */
export async function startServerProcess(program: ServerProgram): Promise<ServerProcess> {
  let life = await begin(program);

  const isRunning = (): boolean => life.child.exitCode === null && life.child.signalCode === null;
  const stop = async (): Promise<void> => {
    if (life.gone) return;
    killGroup(life.pid);
    await life.exited;
    await waitGroupGone(life.pid);
    life.gone = true;
  };
  const start = async (): Promise<void> => {
    if (isRunning()) throw new Error(`process ${life.pid} still runs`);
    life = await begin(program);
  };
  return {
    url: program.url,
    port: program.port,
    get pid() {
      return life.pid;
    },
    get exited() {
      return life.exited;
    },
    kill: (signal = 'SIGKILL') => {
      life.child.kill(signal);
    },
    stop,
    start,
    restart: async () => {
      await stop();
      await start();
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function begin(program: ServerProgram): Promise<Life> {
  // A server may well say that it listens although the port is taken, so the port is tried beforehand.
  if (!(await isFree(program.port))) throw new Error(`port ${program.port} is taken`);
  const child: Child = spawn(program.node ?? process.execPath, ['--import', HOST_WATCH, ...program.args()], {
    cwd: program.cwd,
    env: { PATH: process.env.PATH ?? '', ...program.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  await once(child, 'spawn');
  child.stdin.on('error', () => undefined);
  const life: Life = { child, pid: child.pid as number, exited: exitOf(child), gone: false };
  try {
    await ready(program, life);
  } catch (error) {
    killGroup(life.pid);
    await life.exited;
    throw error;
  }
  return life;
}

async function ready(program: ServerProgram, { child, exited }: Life): Promise<void> {
  const tail: string[] = [];
  const said = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        if (program.isReady(line)) resolve();
      });
    }
  });
  const ended = exited.then((exit) => {
    throw new Error(`the server ended before it listened (${exit.exitCode ?? exit.signal}):\n${tail.join('\n')}`);
  });
  const given = { up: false };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the server did not listen:\n${tail.join('\n')}`)), READY_TIMEOUT_MS);
  });
  try {
    await Promise.race([said, ended, late]);
    await Promise.race([accepts(program.port, given), ended, late]);
  } finally {
    given.up = true;
    clearTimeout(timer);
    ended.catch(() => undefined);
  }
}

/** Many programs say that they listen a moment before they do. The system tells nobody when they do, so this polls. */
async function accepts(port: number, given: { readonly up: boolean }): Promise<void> {
  while (!given.up && !(await accepted(port))) await wait(POLL_MS);
}

async function accepted(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } catch {
    return false;
  }
  socket.destroy();
  await once(socket, 'close');
  return true;
}

async function exitOf(child: Child): Promise<ProcessExit> {
  const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  // Whatever else holds the pipes must not keep our ends of them open.
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  return { exitCode, signal };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
