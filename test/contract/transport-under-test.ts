/**
 * The transports as the contract sees them: how a scripted server is started, killed and brought back on each,
 * and the few things in which they differ on purpose.
 */

import type { ConnectFunction, ErrorCode, Fault, ServerConfig, TransportKind } from '../../src/index.ts';
import type { Behaviour, ControlCommand, ControlState, ScriptedFault } from '../../src/testing/behaviour.ts';
import type { Journal } from '../../src/testing/journal.ts';
import { refusedPort } from '../../src/testing/ports.ts';
import { waitGone } from '../../src/testing/processes.ts';
import { scriptedStdio, startScripted } from '../../src/testing/scripted.ts';
import { type ChannelProgram, connectProcess } from '../ground/process-channel.ts';

/** A configuration without its name. */
export type NamelessConfig = ServerConfig extends infer C ? (C extends ServerConfig ? Omit<C, 'name'> : never) : never;

/** A scripted server that the supervisor is pointed at. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly config: NamelessConfig;
  readonly journal: Journal;
  /** The process that runs now, or ran last. */
  readonly pid: number;
  readonly control: (command: ControlCommand) => Promise<ControlState>;
  /** Kill the process; resolves when it is gone. */
  kill(): Promise<void>;
  /** Bring it back. A stdio server is brought back by whoever connects to it, so nothing happens then. */
  revive(): Promise<void>;
}

/** A configuration that cannot be connected to. */
export interface DeadEnd {
  readonly config: NamelessConfig;
  readonly code: ErrorCode;
  readonly fault: Fault['kind'];
}

/** One transport, as the contract sees it. */
export interface TransportUnderTest {
  readonly kind: TransportKind;
  /** Whoever connects starts the server: each life of the connection is one of the server too. */
  readonly isOwned: boolean;
  /** Start a scripted server, or say how it is started. */
  start(behaviour?: Behaviour): Promise<ServerUnderTest>;
  /** A fault that strikes at its first occasion and never again, whoever starts the server. */
  once(fault: ScriptedFault): ScriptedFault;
  /** A program or a port that is not there. */
  missing(): Promise<DeadEnd>;
  /** A server that sends one message without an end, and no other; where messages are bytes. */
  pouring(): Promise<Pick<ServerUnderTest, 'config'> & AsyncDisposable>;
  /** Secrets in every place of a configuration that may hold one. */
  secretive(config: NamelessConfig, secret: string): NamelessConfig;
}

const stdio: TransportUnderTest = {
  kind: 'stdio',
  isOwned: true,
  start: async (behaviour) => {
    const server = scriptedStdio(behaviour);
    const { config, journal } = server;
    const pid = () => journal.entries({ kind: 'started' }).at(-1)?.pid ?? Number.NaN;
    return {
      config: { ...config, stdinGraceMs: 1_000, termGraceMs: 1_000 },
      journal,
      control: (command) => server.control(command),
      get pid() {
        return pid();
      },
      kill: async () => {
        const victim = pid();
        process.kill(victim, 'SIGKILL');
        await waitGone(victim);
      },
      revive: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  },
  // Each life of the process begins with the whole list of faults.
  once: (fault) => ({ ...fault, times: 1, lives: [1] }),
  missing: async () => ({
    config: { transport: 'stdio', command: 'mcp-supervisor-no-such-command' },
    code: 'CONNECT_FAILED',
    fault: 'command-not-found',
  }),
  pouring: async () => ({
    config: {
      transport: 'stdio',
      command: process.execPath,
      args: ['-e', "const pour = () => process.stdout.write('x'.repeat(65536), pour); pour();"],
      stdinGraceMs: 100,
      termGraceMs: 100,
    },
    [Symbol.asyncDispose]: async () => {},
  }),
  secretive: (config, secret) =>
    config.transport === 'stdio' ? { ...config, env: { ...config.env, API_TOKEN: secret } } : config,
};

const inProcess: TransportUnderTest = {
  kind: 'in_process',
  isOwned: true,
  start: async (behaviour) => {
    const { config, ...server } = await stdio.start(behaviour);
    if (config.transport !== 'stdio') throw new Error('a program is what is started');
    const { command, args = [], env = {} } = config;
    const connect = connectProcess({ command, args, env });
    programs.set(connect, { command, args, env });
    return {
      ...server,
      config: { transport: 'in_process', connect },
      get pid() {
        return server.journal.entries({ kind: 'started' }).at(-1)?.pid ?? Number.NaN;
      },
    };
  },
  once: (fault) => stdio.once(fault),
  missing: async () => ({
    config: {
      transport: 'in_process',
      connect: () => {
        throw new Error('there is no server');
      },
    },
    code: 'START_TIMEOUT',
    fault: 'transport-unavailable',
  }),
  pouring: () => Promise.reject(new Error('a message is an object, which has an end')),
  secretive: (config, secret) => {
    const program = 'connect' in config ? programs.get(config.connect) : undefined;
    if (program === undefined) return config;
    return { ...config, connect: connectProcess({ ...program, env: { ...program.env, API_TOKEN: secret } }) } as never;
  },
};

/** What the functions of scripted servers start. */
const programs = new WeakMap<ConnectFunction, ChannelProgram>();

function http(kind: 'sse' | 'streamable_http'): TransportUnderTest {
  return {
    kind,
    isOwned: false,
    start: async (behaviour) => {
      const server = await startScripted(kind, behaviour);
      return {
        config: server.config,
        journal: server.journal,
        control: (command) => server.control(command),
        get pid() {
          return server.pid;
        },
        kill: () => server.stop(),
        revive: () => server.start(),
        [Symbol.asyncDispose]: () => server.stop(),
      };
    },
    once: (fault) => ({ ...fault, times: 1 }),
    missing: async () => ({
      config: { transport: kind, url: `http://127.0.0.1:${await refusedPort()}/mcp` },
      code: 'START_TIMEOUT',
      fault: 'unreachable',
    }),
    pouring: () => TRANSPORTS[kind].start({ faults: [{ on: 'GET', do: 'endless' }] }),
    secretive: (config, secret) => {
      if (!('url' in config)) return config;
      const url = new URL(config.url);
      url.searchParams.set('token', secret);
      return { ...config, url: url.href, headers: { Authorization: `Bearer ${secret}` } };
    },
  };
}

/** All transports, by kind. */
export const TRANSPORTS: Readonly<Record<TransportKind, TransportUnderTest>> = {
  stdio,
  sse: http('sse'),
  streamable_http: http('streamable_http'),
  in_process: inProcess,
};
