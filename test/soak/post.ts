/**
 * The place of one server in the soak: the scripted server that stands there now, those that stood there before, and a
 * keeper that starts an HTTP server again when it died, as a service manager would. A stdio server has no keeper: the
 * library starts it.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { McpSupervisor, ServerConfig } from '../../src/index.ts';
import type { ControlCommand } from '../../src/testing/behaviour.ts';
import type { Journal } from '../../src/testing/journal.ts';
import { processRow } from '../../src/testing/processes.ts';
import { scratchFile } from '../../src/testing/scratch.ts';
import { type ScriptedHttp, type ScriptedStdio, scriptedStdio, startScripted } from '../../src/testing/scripted.ts';

export type Kind = 'stdio' | 'sse' | 'streamable_http';

/** Over Streamable HTTP: replies as streams, and as JSON. */
const BEHAVIOURS = { plain: {}, json: { replies: 'json' } } as const;

/** One server of the soak, under one name, through all its replacements. */
export class Post {
  readonly name: string;
  readonly kind: Kind;
  /** Where the tool `commit` leaves its effect. */
  readonly effectFile = scratchFile('effects.txt');
  /** The journals of all that stood here. */
  readonly journals: Journal[] = [];
  /** Whether an action is under way here. */
  busy = false;
  downMs = 100;
  /** How often it was taken away from the supervisor, and whether it is away now. */
  removalCount = 0;
  isAway = false;
  readonly #behaviour: keyof typeof BEHAVIOURS;
  #stdio: ScriptedStdio | undefined;
  #http: ScriptedHttp | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(name: string, kind: Kind, behaviour: keyof typeof BEHAVIOURS = 'plain') {
    this.name = name;
    this.kind = kind;
    this.#behaviour = behaviour;
  }

  /** Put a new server here. The one before must be taken away by `retire`. */
  async install(): Promise<void> {
    const behaviour = BEHAVIOURS[this.#behaviour];
    if (this.kind === 'stdio') {
      this.#stdio = scriptedStdio(behaviour);
      this.journals.push(this.#stdio.journal);
      return;
    }
    const server = await startScripted(this.kind, behaviour);
    this.#http = server;
    this.journals.push(server.journal);
    this.#keeping = this.#keep(server);
  }

  get config(): ServerConfig {
    const config = this.#stdio?.config ?? this.#http?.config;
    if (config === undefined) throw new Error(`nothing stands at '${this.name}'`);
    return { ...config, name: this.name };
  }

  /** The process that serves now, if there is one; never one that is not our child. */
  pid(mcp: McpSupervisor): number | undefined {
    const pid = this.#http?.pid ?? mcp.getServerInfo(this.name)?.pid;
    return pid !== undefined && processRow(pid)?.parentPid === process.pid ? pid : undefined;
  }

  /** Tell the server that runs now; a server that dies before it obeys is no matter. */
  async control(command: ControlCommand): Promise<void> {
    const server = this.#stdio ?? this.#http;
    await server?.control(command).catch(() => undefined);
  }

  /** Which life of the present server this is. */
  get life(): number {
    return this.journals.at(-1)?.entries({ kind: 'started' }).length ?? 0;
  }

  /** Take the present server away; returns how to end it, once nobody needs it. */
  retire(): () => Promise<void> {
    const server = this.#http;
    const keeping = this.#keeping;
    this.#http = undefined;
    this.#stdio = undefined;
    return async () => {
      if (server === undefined) return;
      // A frozen one could not be told apart from one that is starting.
      server.kill('SIGKILL');
      await keeping;
      await server.stop();
    };
  }

  async #keep(server: ScriptedHttp): Promise<void> {
    for (;;) {
      await server.exited;
      if (this.#http !== server) return;
      await wait(this.downMs);
      if (this.#http !== server) return;
      await server.start();
      // Nobody would wait for the end of a life that began while the server was taken away.
      if (this.#http !== server) return;
    }
  }
}

/** Two posts per transport. */
export function createPosts(): Post[] {
  return [
    new Post('stdio-1', 'stdio'),
    new Post('stdio-2', 'stdio'),
    new Post('sse-1', 'sse'),
    new Post('sse-2', 'sse'),
    new Post('http-1', 'streamable_http'),
    new Post('http-2', 'streamable_http', 'json'),
  ];
}
