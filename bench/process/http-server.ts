/** Starts the one HTTP server that all subjects talk to, in a process of its own. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../servers/http.js', import.meta.url));

/** A running server. */
export interface HttpServer extends AsyncDisposable {
  readonly ports: readonly number[];
}

/** Start it on so many free ports. */
export async function startHttpServer(count: number): Promise<HttpServer> {
  const child = fork(PROGRAM, [String(count)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [ports] = (await once(child, 'message')) as [readonly number[]];
  return {
    ports,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
