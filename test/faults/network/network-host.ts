/** A real host and a real server, each on its side of a cable. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CallError, Explanation, RuntimeEvent, ServerConfig, StateChange } from '../../../src/index.ts';
import type { Behaviour } from '../../../src/testing/behaviour.ts';
import { Journal } from '../../../src/testing/journal.ts';
import { type CabledNetwork, SERVER_ADDRESS } from './network.ts';

const HOST_PROGRAM = fileURLToPath(new URL('../../fixtures/network/host.ts', import.meta.url));
const SERVER_PROGRAM = fileURLToPath(new URL('../../../src/testing/server/scripted.mjs', import.meta.url));
const WAIT_TIMEOUT_MS = 20_000;
const PORT = 8_080;

/** What a host is asked to do. */
export type HostOrder =
  | { readonly do: 'add'; readonly config: ServerConfig; readonly waitUntil?: 'added' }
  | {
      readonly do: 'call';
      readonly server: string;
      readonly tool: string;
      readonly args: Record<string, unknown>;
      readonly timeoutMs: number;
    }
  | { readonly do: 'explain'; readonly server: string }
  | { readonly do: 'close' };

/** What became of it. */
export interface HostAnswer {
  readonly elapsedMs: number;
  readonly result?: unknown;
  readonly error?: Pick<CallError, 'code' | 'outcome' | 'fault'>;
}

/** One line of what a host writes down. */
type HostLine = { readonly event?: RuntimeEvent; readonly answer?: number; readonly ready?: true } & HostAnswer;

/** A process on one side of a cable, with the lines it writes. */
class Inhabitant<L> {
  readonly child: ChildProcess;
  readonly lines: L[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(command: readonly [string, ...string[]], args: readonly string[]) {
    const [program, ...before] = command;
    this.child = spawn(program, [...before, process.execPath, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdin?.on('error', () => {});
    if (this.child.stdout === null) return;
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as L);
      for (const look of [...this.#watchers]) look();
    });
  }

  /** The first line that fits, written already or not. */
  async line(fits: (line: L) => boolean): Promise<L> {
    let look = (): void => {};
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<L>((resolve, reject) => {
        look = () => {
          const line = this.lines.find((each) => fits(each));
          if (line !== undefined) resolve(line);
        };
        const story = () => this.lines.map((each) => JSON.stringify(each)).join('\n');
        timer = setTimeout(() => reject(new Error(`it was not written, but:\n${story()}`)), WAIT_TIMEOUT_MS);
        this.#watchers.add(look);
        look();
      });
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
  }
}

/** A scripted server on the far side. */
export class FarServer implements AsyncDisposable {
  readonly journal = new Journal();
  readonly #network: CabledNetwork;
  readonly #transport: 'sse' | 'streamable_http';
  readonly #behaviour: Behaviour;
  #process: Inhabitant<object> | undefined;

  constructor(network: CabledNetwork, transport: 'sse' | 'streamable_http', behaviour: Behaviour = {}) {
    this.#network = network;
    this.#transport = transport;
    this.#behaviour = behaviour;
  }

  /** The part of a configuration that says where it is. */
  get config() {
    const path = this.#transport === 'sse' ? '/sse' : '/mcp';
    return { transport: this.#transport, url: `http://${SERVER_ADDRESS}:${PORT}${path}` } as const;
  }

  /** Start it; resolves when it accepts connections. */
  async start(): Promise<this> {
    const told = JSON.stringify({ ...this.#behaviour, host: SERVER_ADDRESS, journalFile: this.journal.file });
    const args = [SERVER_PROGRAM, this.#transport, '--port', String(PORT), told];
    this.#process = new Inhabitant(this.#network.on('server'), args);
    await this.#process.line((line) => 'listening' in line);
    return this;
  }

  /** Kill it: while the way back is a black hole, nobody is told. */
  async kill(): Promise<void> {
    await this.#process?.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** A host on the near side. */
export class NearHost implements AsyncDisposable {
  readonly #process: Inhabitant<HostLine>;
  #count = 0;

  constructor(network: CabledNetwork, options: object = {}) {
    const args = ['--import', 'tsx', HOST_PROGRAM, JSON.stringify({ ledger: false, ...options })];
    this.#process = new Inhabitant(network.on('host'), args);
  }

  /** Ask it for something; resolves with what became of it. */
  async ask(order: HostOrder): Promise<HostAnswer> {
    await this.#process.line(({ ready }) => ready === true);
    this.#count += 1;
    const number = this.#count;
    this.#process.child.stdin?.write(`${JSON.stringify({ ...order, number })}\n`);
    return await this.#process.line(({ answer }) => answer === number);
  }

  /** Add a server; what the answer says is its error, if any. */
  async add(server: FarServer, more: Partial<ServerConfig> = {}, waitUntil?: 'added'): Promise<void> {
    const config = { name: 'far', ...server.config, ...more } as ServerConfig;
    const { error } = await this.ask({ do: 'add', config, ...(waitUntil === undefined ? undefined : { waitUntil }) });
    if (error !== undefined) throw new Error(`it was not added: ${error.code}`);
  }

  call(tool: string, args: Record<string, unknown>, timeoutMs = WAIT_TIMEOUT_MS): Promise<HostAnswer> {
    return this.ask({ do: 'call', server: 'far', tool, args, timeoutMs });
  }

  async explain(): Promise<Explanation> {
    return (await this.ask({ do: 'explain', server: 'far' })).result as Explanation;
  }

  get events(): RuntimeEvent[] {
    return this.#process.lines.flatMap(({ event }) => (event === undefined ? [] : [event]));
  }

  /** Its changes of state, as `epoch state`, with the fault that ended something and how it waits. */
  get states(): string[] {
    const changes = this.events.filter((event): event is StateChange => event.type === 'state.changed');
    return changes.map(({ epoch, to, cause, held }) => {
      const why = cause === undefined || to === 'connecting' ? '' : `: ${cause.kind}`;
      return `${epoch} ${to}${why}${held ? ' held' : ''}`;
    });
  }

  /** Wait for an event that was told or will be. */
  async told<E extends RuntimeEvent>(fits: (event: RuntimeEvent) => event is E): Promise<E>;
  async told(fits: (event: RuntimeEvent) => boolean): Promise<RuntimeEvent>;
  async told(fits: (event: RuntimeEvent) => boolean): Promise<RuntimeEvent> {
    const { event } = await this.#process.line((line) => line.event !== undefined && fits(line.event));
    if (event === undefined) throw new Error('a line without an event fitted');
    return event;
  }

  /** Wait for a state. */
  reached(to: StateChange['to'], epoch = 1): Promise<StateChange> {
    return this.told(
      (event): event is StateChange => event.type === 'state.changed' && event.to === to && event.epoch >= epoch,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end();
  }
}
