/** Makes one published server available to a supervisor, and gives the means to kill it and to bring it back. */

import type { ServerConfigInput } from '../../src/index.ts';
import { freePort } from '../../src/testing/ports.ts';
import { waitGroupGone } from '../../src/testing/processes.ts';
import { startServerProcess } from '../../src/testing/server-process.ts';
import { installedProgram, neededNode } from './installed.ts';
import { nodeOf } from './node-runtime.ts';
import type { Place, PublishedServer } from './server.ts';

/** A server that a supervisor can be pointed at. */
export interface RunningServer extends AsyncDisposable {
  readonly place: Place;
  readonly config: ServerConfigInput;
  /** The processes of ours that run or ran it; over stdio they are the supervisor's. */
  readonly pids: readonly number[];
  /** Kill it with SIGKILL; resolves when nothing of it lives. `pid` is its process over stdio. */
  kill(pid: number | undefined): Promise<void>;
  /** Bring it back to where it was; over stdio that is up to the supervisor. */
  revive(): Promise<void>;
}

/** Start a server that listens on a port, or say how one over stdio is started. */
export async function runServer(server: PublishedServer, folder: string): Promise<RunningServer> {
  const place: Place = { folder, port: await freePort() };
  const program = installedProgram(server.package, server.program);
  const ownArgs = server.args?.(place) ?? [];
  const env = { HOME: folder, ...server.env?.(place) };
  const { name, transport, http } = server;
  if (server.isNative && transport === 'stdio') {
    return overStdio(place, { name, transport, command: program, args: [...ownArgs], env, cwd: folder });
  }
  const node = await nodeOf(neededNode(server.package));
  const args = [program, ...ownArgs];
  if (transport === 'stdio') return overStdio(place, { name, transport, command: node, args, env, cwd: folder });
  if (http === undefined) throw new Error(`${name} does not say where it listens`);
  const url = `http://127.0.0.1:${place.port}${http.path}`;
  const isReady = (line: string) => line.includes(http.ready);
  const start = { port: place.port, url, node, args: () => args, env, cwd: folder, isReady };
  return await overHttp(place, { name, url }, start);
}

function overStdio(place: Place, config: ServerConfigInput): RunningServer {
  return {
    place,
    config,
    pids: [],
    kill: async (pid) => {
      if (pid === undefined) throw new Error('it has no process');
      process.kill(pid, 'SIGKILL');
      await waitGroupGone(pid);
    },
    revive: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

async function overHttp(
  place: Place,
  config: ServerConfigInput,
  program: Parameters<typeof startServerProcess>[0],
): Promise<RunningServer> {
  const process = await startServerProcess(program);
  const pids = [process.pid];
  return {
    place,
    config,
    pids,
    kill: () => process.stop(),
    revive: async () => {
      await process.start();
      pids.push(process.pid);
    },
    [Symbol.asyncDispose]: () => process.stop(),
  };
}
