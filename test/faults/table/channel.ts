/** Faults of a server in the same process: the function that makes the way to it, and the way itself. */

import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectContext, InProcessTransport } from '../../../src/index.ts';
import type { NamelessConfig } from '../../contract/transport-under-test.ts';
import { GARBAGE } from '../../ground/garbage.ts';
import { ECHO, kill, WAIT } from './deeds.ts';
import type { FaultRow, Place, Sees } from './row.ts';
import {
  AT_ONCE,
  CONNECT_TIMEOUT,
  IN_PROCESS,
  LIFE,
  lost,
  lostInCall,
  QUICK_CONNECT,
  QUICK_CONNECT_MS,
  UNHARMED,
} from './terms.ts';

/** Closed at once, and so is every call. */
const HOPELESS = {
  states: ['connecting', 'closed: transport-unavailable'],
  call: 'SERVER_CLOSED not-sent transport-unavailable',
  executed: 0,
  within: AT_ONCE,
  next: 'SERVER_CLOSED not-sent transport-unavailable',
} satisfies Sees;

function placed(connect: () => unknown): Promise<Place> {
  const config = { transport: 'in_process', connect: connect as () => InProcessTransport } as const;
  return Promise.resolve({ config, [Symbol.asyncDispose]: async () => {} });
}

/** The first transport is made in another way, or changed. */
function first(alter: (transport: InProcessTransport) => unknown, before: () => Promise<unknown> = async () => {}) {
  return (config: NamelessConfig): NamelessConfig => {
    if (config.transport !== 'in_process') return config;
    let lives = 0;
    const connect = async (context: ConnectContext) => {
      lives += 1;
      if (lives > 1) return await config.connect(context);
      await before();
      const transport = await config.connect(context);
      alter(transport);
      return transport;
    };
    return { ...config, connect };
  };
}

/** Replies are handed over as this makes them. */
function handingOver(make: (message: unknown) => unknown) {
  return (transport: InProcessTransport) => {
    let onmessage: InProcessTransport['onmessage'];
    Object.defineProperty(transport, 'onmessage', {
      get: () => onmessage && ((message: unknown) => onmessage?.(make(message) as never)),
      set: (next: InProcessTransport['onmessage']) => {
        onmessage = next;
      },
    });
  };
}

/** The result of a call holds itself. */
function holdingItself(message: unknown): unknown {
  const { result } = message as { result?: Record<string, unknown> };
  if (result?.['content'] !== undefined) result['_meta'] = { self: result };
  return message;
}

/** The first result of a call holds a function. */
function holdingForeign(message: unknown): unknown {
  const { result } = message as { result?: { content?: { text?: unknown }[] } };
  const [first] = result?.content ?? [];
  return first?.text === 'first' ? { ...(message as object), result: { content: [], later: () => {} } } : message;
}

/** The transport refuses calls of the tool `wait`. */
function refusing(transport: InProcessTransport): void {
  const send = transport.send.bind(transport);
  transport.send = (message) =>
    JSON.stringify(message).includes('"wait"') ? Promise.reject(new Error('not this one')) : send(message);
}

export const CHANNEL: readonly FaultRow[] = [
  {
    id: 'channel:no-transport',
    title: '`connect` gives what is no transport',
    on: IN_PROCESS,
    when: 'connecting',
    place: () => placed(() => ({ send: () => {} })),
    neighbour: true,
    sees: HOPELESS,
  },
  {
    id: 'channel:in-use',
    title: '`connect` gives a transport that somebody else reads from, such as the end of the server',
    on: IN_PROCESS,
    when: 'connecting',
    place: () => placed(() => ({ start() {}, send() {}, close() {}, onmessage() {} })),
    sees: HOPELESS,
  },
  {
    id: 'channel:connect-throws',
    title: '`connect` throws, once',
    on: IN_PROCESS,
    when: 'connecting',
    launch: first(
      () => {},
      () => Promise.reject(new Error('not yet')),
    ),
    sees: {
      states: ['connecting', 'reconnecting: transport-unavailable', ...LIFE],
      call: 'answered',
      within: AT_ONCE,
    },
  },
  {
    id: 'channel:connect-hangs',
    title: '`connect` takes longer than it may, once',
    on: IN_PROCESS,
    when: 'connecting',
    settings: QUICK_CONNECT,
    launch: first(
      () => {},
      () => wait(QUICK_CONNECT_MS + 400),
    ),
    sees: {
      states: ['connecting', 'reconnecting: timed-out', ...LIFE],
      call: 'answered',
      within: {
        ...CONNECT_TIMEOUT,
        by: '`connectTimeoutMs`; the next attempt waits for it, at most `releaseTimeoutMs`',
      },
    },
  },
  {
    id: 'channel:start-fails',
    title: 'The transport cannot be started, once',
    on: IN_PROCESS,
    when: 'connecting',
    launch: first((transport) => Object.assign(transport, { start: () => Promise.reject(new Error('no')) })),
    sees: {
      states: ['connecting', 'reconnecting: transport-unavailable', ...LIFE],
      call: 'answered',
      within: AT_ONCE,
    },
  },
  {
    id: 'channel:closes-idle',
    title: 'The other end closes while nothing is asked of it',
    on: IN_PROCESS,
    when: 'idle',
    strike: kill,
    sees: lost('stream-ended'),
  },
  {
    id: 'channel:closes-in-call',
    title: 'The other end closes while the server executes a call',
    on: IN_PROCESS,
    when: 'call',
    call: WAIT,
    strike: kill,
    neighbour: true,
    sees: lostInCall('stream-ended'),
  },
  {
    id: 'channel:refuses-one',
    title: 'The transport refuses one message (`send` throws or rejects)',
    on: IN_PROCESS,
    when: 'call',
    launch: first(refusing),
    call: { tool: 'wait' },
    sees: { states: [], call: 'CONNECTION_LOST unknown unreachable', executed: 0, within: AT_ONCE },
  },
  {
    id: 'channel:garbage',
    title: 'What is handed over is no message: texts, nothing, other objects',
    on: IN_PROCESS,
    when: 'idle',
    strike: async ({ server }) => {
      for (const text of GARBAGE) await server.control({ do: 'raw', text: `${text}\n` });
    },
    sees: UNHARMED,
  },
  {
    id: 'channel:cycle',
    title: 'A message holds itself, and so more than `maxMessageValues`',
    on: IN_PROCESS,
    when: 'call',
    launch: first(handingOver(holdingItself)),
    call: ECHO,
    sees: lostInCall('flooded'),
  },
  {
    id: 'channel:foreign',
    title: 'A reply holds what JSON has not: a function, a `bigint`, bytes',
    on: IN_PROCESS,
    when: 'call',
    launch: first(handingOver(holdingForeign)),
    call: ECHO,
    sees: { states: [], call: 'REPLY_INVALID unknown malformed-message', executed: 1, within: AT_ONCE },
  },
  {
    id: 'channel:close-hangs',
    title: 'Closing the transport takes for ever, or fails',
    on: IN_PROCESS,
    sees: 'It is left behind after `releaseTimeoutMs`, and told by `release.failed`',
    verified: { file: 'test/eras/in-process-server.test.ts', test: 'is left behind in bounded time, which is told' },
  },
  {
    id: 'channel:twice',
    title: '`connect` gives the same transport again',
    on: IN_PROCESS,
    sees: 'Its server is parked, fault `transport-unavailable`',
    verified: { file: 'test/eras/in-process-server.test.ts', test: 'that gives the same transport twice' },
  },
];
