/**
 * Starts scripted servers and gives their journal and their control channel. Imports no test framework.
 */

import { appendFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Behaviour, ControlCommand, ControlState } from './behaviour.ts';
import { Journal } from './journal.ts';
import { freePort } from './ports.ts';
import { discardScratch, scratchFile } from './scratch.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const PROGRAM = fileURLToPath(new URL('./server/scripted.mjs', import.meta.url));
const PATHS = { sse: '/sse', streamable_http: '/mcp' } as const;

/** How to start a scripted stdio server, and how to follow it through all the lives that others give it. */
export interface ScriptedStdio extends AsyncDisposable {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  /** The part of a `ServerConfig` that says what to start. */
  readonly config: {
    readonly transport: 'stdio';
    readonly command: string;
    readonly args: string[];
    readonly env: Record<string, string>;
  };
  readonly journal: Journal;
  /**
   * Tell the server that runs now to do something; resolves when it is done. What is `set` holds for later lives too.
   * Without a running server it waits for the next one, which only takes over what is `set`.
   */
  control(command: ControlCommand): Promise<ControlState>;
}

/** A running scripted server over HTTP. */
export interface ScriptedHttp<T extends keyof typeof PATHS = keyof typeof PATHS> extends ServerProcess {
  /** The part of a `ServerConfig` that says where it is. */
  readonly config: { readonly transport: T; readonly url: string };
  readonly journal: Journal;
  /** Tell it to do something; resolves when it is done. */
  control(command: ControlCommand): Promise<ControlState>;
  /** Every HTTP request in all its lives, as `POST initialize`, `GET`, `DELETE`, … */
  requests(): string[];
  /** What it is told from its next start on. */
  behaviour: Behaviour;
}

/**
 * Describe a scripted stdio server. Nothing is started: whoever is given its `config`, or `command`, `args` and `env`,
 * starts it, and ends it. Its journal goes through all lives. Disposing of it removes its files, and what the journal
 * holds can still be read.
 */
export function scriptedStdio(behaviour: Behaviour = {}): ScriptedStdio {
  const journal = new Journal();
  const controlFile = scratchFile('control.jsonl');
  writeFileSync(controlFile, '');
  const told = JSON.stringify({ ...behaviour, journalFile: journal.file, controlFile });
  const launch = { command: process.execPath, args: [PROGRAM, 'stdio', told], env: {} };
  let count = 0;
  return {
    ...launch,
    config: { transport: 'stdio', ...launch },
    journal,
    control: async (command) => {
      count += 1;
      const number = count;
      appendFileSync(controlFile, `${JSON.stringify({ ...command, number })}\n`);
      const entry = await journal.waitFor({ kind: 'controlled', number });
      return entry.state as ControlState;
    },
    [Symbol.asyncDispose]: async () => {
      journal.close();
      discardScratch(controlFile);
    },
  };
}

/**
 * Start a scripted server over HTTP, in a process of its own on a free port of 127.0.0.1; resolves when it accepts
 * connections. It ends with this process, however that ends.
 *
 * **Errors** rejects, with its output, when it ends before it listens, or the port given is taken.
 */
export async function startScripted<T extends keyof typeof PATHS>(
  transport: T,
  behaviour: Behaviour = {},
  options: { readonly port?: number } = {},
): Promise<ScriptedHttp<T>> {
  const port = options.port ?? (await freePort());
  const journal = new Journal();
  const url = `http://127.0.0.1:${port}${PATHS[transport]}`;
  let told = behaviour;
  const server = await startServerProcess({
    port,
    url,
    args: () => [PROGRAM, transport, '--port', String(port), JSON.stringify({ ...told, journalFile: journal.file })],
    isReady: (line) => line.startsWith('{"listening":'),
  });
  const more = {
    config: { transport, url },
    journal,
    control: (command: ControlCommand) => post(port, command),
    requests: () =>
      journal
        .entries({ kind: 'request' })
        .map(({ verb, method }) => `${verb}${method === undefined ? '' : ` ${method}`}`),
    get behaviour() {
      return told;
    },
    set behaviour(next: Behaviour) {
      told = next;
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      journal.close();
    },
  };
  return Object.defineProperties(server, Object.getOwnPropertyDescriptors(more)) as ScriptedHttp<T>;
}

/** Send a control command over a connection of its own, so that nothing stays open. */
async function post(port: number, command: ControlCommand): Promise<ControlState> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', path: '/control', method: 'POST', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text) as ControlState));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(JSON.stringify(command));
  });
}
