/**
 * Runs `server-everything` as an HTTP server, the way somebody else would run it for us: a process of its own that
 * we only know by its URL. It can be stopped and started again on the same port, and never outlives its example.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';
import { programOf } from './installed-program.ts';

/** A server that runs. */
export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Kill it and resolve when it is gone: all sessions it held are lost. */
  stop(): Promise<void>;
  /** Start it again on the same port. */
  start(): Promise<void>;
}

const MODES = {
  sse: { argument: 'sse', path: '/sse' },
  streamable_http: { argument: 'streamableHttp', path: '/mcp' },
} as const;

/** Started with the program: whatever becomes of the example, its end is the end of this pipe. */
const END_WITH_HOST = 'data:text/javascript,process.stdin.resume().on("close",()=>process.exit())';

/** Start it; resolves when it listens. */
export async function startHttpServer(transport: keyof typeof MODES): Promise<HttpServer> {
  const { argument, path } = MODES[transport];
  const port = await freePort();
  const begin = () =>
    listening(['--import', END_WITH_HOST, programOf('@modelcontextprotocol/server-everything'), argument], port);
  let child = await begin();

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-pidOf(child), 'SIGKILL');
    await once(child, 'exit');
  };
  return {
    url: `http://127.0.0.1:${port}${path}`,
    get pid() {
      return pidOf(child);
    },
    stop,
    start: async () => {
      child = await begin();
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Its tools show its environment to whoever asks, so it gets next to none. */
async function listening(args: string[], port: number): Promise<ChildProcess> {
  const env = { PATH: process.env.PATH, PORT: String(port) };
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it listened')));
  await Promise.race([saysThatItListens(child), ended]);
  ended.catch(() => {});
  return child;
}

function saysThatItListens(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.stderr === null) return;
    createInterface(child.stderr).on('line', (line) => {
      if (/(?:running|listening) on port/.test(line)) resolve();
    });
  });
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the server was not started');
  return child.pid;
}
