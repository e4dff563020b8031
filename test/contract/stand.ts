/**
 * A supervisor with everything it said, seen only through the public surface. A wait looks at what was said before
 * too, so no event is missed between two steps of a test; a wait that fails prints what was said.
 */

import {
  type CallError,
  McpSupervisor,
  type RuntimeEvent,
  type ServerConfig,
  type ServerInfo,
  type StateChange,
  type StdioServerConfig,
  type StreamableHttpServerConfig,
  type SupervisorOptions,
} from '../../src/index.ts';
import type { NamelessConfig, ServerUnderTest } from './transport-under-test.ts';

/** What a test may set beside what its server needs; a field of another transport is left out where it is unknown. */
export type Settings = Partial<
  Omit<StdioServerConfig, 'name' | 'transport'> & Omit<StreamableHttpServerConfig, 'name' | 'transport'>
>;

/** Reconnects that take no longer than the test needs to look. */
const QUICK = { backoff: { baseMs: 40, factor: 2, maxMs: 400 } } as const;
/** What a server speaks is found out elsewhere: here its messages are counted from the handshake on. */
const KNOWN_ERA = { protocol: 'initialize' } as const;
const WAIT_TIMEOUT_MS = 10_000;

/** The name under which a server is added when a test has only one. */
export const ONE = 'one';

/** A supervisor on a stand. */
export class Stand implements AsyncDisposable {
  readonly mcp: McpSupervisor;
  readonly events: RuntimeEvent[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(options: SupervisorOptions = {}) {
    this.mcp = new McpSupervisor({ ...options, defaults: { ...QUICK, ...KNOWN_ERA, ...options.defaults } });
    this.mcp.on('*', (event) => {
      this.events.push(event);
      for (const look of [...this.#watchers]) look();
    });
  }

  /** Add a server and wait until it is ready. */
  add(server: Pick<ServerUnderTest, 'config'>, settings: Settings = {}, name: string = ONE): Promise<ServerInfo> {
    return this.mcp.addServer(named(server.config, name, settings));
  }

  /** Add a server without waiting for it. */
  begin(server: Pick<ServerUnderTest, 'config'>, settings: Settings = {}, name: string = ONE): Promise<ServerInfo> {
    return this.mcp.addServer(named(server.config, name, settings), { waitUntil: 'added' });
  }

  changes(name: string = ONE): StateChange[] {
    return this.events.filter((event) => event.type === 'state.changed').filter(({ server }) => server === name);
  }

  /** The states it went through, as `epoch state`, with the fault where one ended something. */
  states(name: string = ONE): string[] {
    return this.changes(name).map(({ to, epoch, cause }) => {
      const why = cause === undefined || to === 'connecting' ? '' : `: ${cause.kind}`;
      return `${epoch} ${to}${why}`;
    });
  }

  /** Like `states`, without numbers and without the attempts that met nobody. */
  lives(name: string = ONE): string[] {
    const lines = this.states(name);
    const vain = new Set(lines.filter((line) => /^\d+ reconnecting: unreachable$/.test(line)).map(epochOf));
    for (const line of lines) if (/^\d+ ready$/.test(line)) vain.delete(epochOf(line));
    return lines.filter((line) => !vain.has(epochOf(line))).map((line) => line.replace(/^\d+ /, ''));
  }

  /** Wait for an event that was told or will be. */
  told<E extends RuntimeEvent>(fits: (event: RuntimeEvent) => event is E): Promise<E>;
  told(fits: (event: RuntimeEvent) => boolean): Promise<RuntimeEvent>;
  async told(fits: (event: RuntimeEvent) => boolean): Promise<RuntimeEvent> {
    let look: () => void = () => {};
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<RuntimeEvent>((resolve, reject) => {
        look = () => {
          const event = this.events.find((each) => fits(each));
          if (event !== undefined) resolve(event);
        };
        timer = setTimeout(() => reject(new Error(`it was not told, but:\n${this.story()}`)), WAIT_TIMEOUT_MS);
        this.#watchers.add(look);
        look();
      });
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Wait for a state of an epoch, or of any epoch from that one on. */
  async reached(to: StateChange['to'], epoch = 1, name: string = ONE): Promise<StateChange> {
    return await this.told(
      (event): event is StateChange =>
        event.type === 'state.changed' && event.server === name && event.to === to && event.epoch >= epoch,
    );
  }

  /** The events of one type, in order. */
  of<T extends RuntimeEvent['type']>(type: T): Extract<RuntimeEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RuntimeEvent, { type: T }> => event.type === type);
  }

  /** Call a tool and return the text of its result. */
  async text(tool: string, args: Record<string, unknown> = {}, name: string = ONE): Promise<string> {
    const { content } = await this.mcp.callTool(name, tool, args, { timeoutMs: WAIT_TIMEOUT_MS });
    const [first] = content;
    return first?.type === 'text' ? first.text : '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mcp.close();
  }

  /** All that was said, for the message of a failure. */
  story(): string {
    return this.events.map((event) => JSON.stringify(event)).join('\n');
  }
}

/** A configuration under a name. Settings that its transport does not know are dropped. */
export function named(config: NamelessConfig, name: string, settings: Settings = {}): ServerConfig {
  const { stdinGraceMs, termGraceMs, terminateTimeoutMs, sseReadTimeoutMs, ...common } = settings;
  const own = {
    stdio: { stdinGraceMs, termGraceMs },
    sse: { sseReadTimeoutMs },
    streamable_http: { sseReadTimeoutMs, terminateTimeoutMs },
    in_process: {},
  }[config.transport];
  const set = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...config, ...common, ...Object.fromEntries(set), name };
}

/** What a promise rejects with, and after how many milliseconds. */
export async function rejection(promise: Promise<unknown>): Promise<{ error: CallError; elapsedMs: number }> {
  const startedMs = performance.now();
  try {
    await promise;
  } catch (error) {
    return { error: error as CallError, elapsedMs: performance.now() - startedMs };
  }
  throw new Error('it resolved');
}

function epochOf(line: string): string {
  return line.slice(0, line.indexOf(' '));
}
