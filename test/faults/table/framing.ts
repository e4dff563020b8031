/** Faults of what a server writes where messages are expected: bytes that are none, too many, or under a wrong name. */

import { TRANSPORTS } from '../../contract/transport-under-test.ts';
import { GARBAGE, written } from '../../ground/garbage.ts';
import { ECHO, LATE_ECHO } from './deeds.ts';
import type { FaultRow, Scene } from './row.ts';
import {
  ALL,
  AT_ONCE,
  HTTP,
  LATE,
  LIFE,
  lostInCall,
  REPLY_LOST,
  STDIO,
  STREAMABLE,
  UNHARMED,
  within,
} from './terms.ts';

const NESTED = `{"jsonrpc":"2.0","method":"notifications/unheard-of","params":{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;

/** Write texts as messages of their own. */
async function say({ kind, server }: Scene, texts: readonly string[]): Promise<void> {
  for (const text of texts) await server.control({ do: 'raw', text: written(kind, text) });
}

const LIMIT_BYTES = 1024 * 1024;

const PARKED = {
  call: 'SERVER_PARKED not-sent message-too-large',
  executed: 0,
  within: within(1_500, 'at once'),
  next: 'SERVER_PARKED not-sent message-too-large',
} as const;

export const FRAMING: readonly FaultRow[] = [
  {
    id: 'message:garbage',
    title: 'Between messages comes what is none: logs, half of a JSON, other JSON, replies that nobody waits for',
    on: ALL,
    when: 'idle',
    strike: (scene) => say(scene, GARBAGE),
    sees: UNHARMED,
  },
  {
    id: 'message:nested',
    title: 'A notification is nested 100 000 levels deep',
    on: ALL,
    when: 'idle',
    strike: (scene) => say(scene, [NESTED]),
    sees: UNHARMED,
  },
  {
    id: 'message:huge',
    title: 'A message of 20 MB arrives where 1 MB is allowed (`limits.maxMessageBytes`)',
    on: ALL,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'huge', megabytes: 20 }] },
    settings: { limits: { maxMessageBytes: LIMIT_BYTES } },
    call: ECHO,
    neighbour: true,
    sees: {
      stdio: {
        states: ['reconnecting: message-too-large', ...LIFE],
        call: 'REPLY_INVALID unknown message-too-large',
        executed: 'at most once',
        within: within(1_500, 'at once'),
      },
      sse: {
        states: ['reconnecting: message-too-large', ...LIFE],
        call: 'REPLY_INVALID unknown message-too-large',
        executed: 1,
        within: within(1_500, 'at once'),
      },
      streamable_http: {
        states: [],
        call: 'REPLY_INVALID unknown message-too-large',
        executed: 1,
        within: within(1_500, 'at once'),
      },
    },
  },
  {
    id: 'message:endless',
    title: 'One message begins and never ends',
    on: ['stdio', 'sse'],
    when: 'connecting',
    place: (kind) => TRANSPORTS[kind].pouring(),
    settings: { limits: { maxMessageBytes: LIMIT_BYTES }, parkAfterAttempts: 1 },
    neighbour: true,
    sees: {
      stdio: { states: ['connecting', 'initializing', 'parked: message-too-large'], ...PARKED },
      sse: { states: ['connecting', 'parked: message-too-large'], ...PARKED },
    },
  },
  {
    id: 'stdout:half-line',
    title: 'Half of the reply comes, without the end of its line',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'half' }] },
    call: LATE_ECHO,
    // Whatever is written next ends the line, and is lost with it.
    cure: (scene) => say(scene, ['']),
    sees: LATE,
  },
  {
    id: 'stdout:log-glued',
    title: 'A log without an end of line is glued to the reply, which is lost',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'raw', text: 'debug: about to reply ' }] },
    call: LATE_ECHO,
    sees: LATE,
  },
  {
    id: 'reply:half-then-reset',
    title: 'Half of the reply comes, and the connection breaks',
    on: ALL,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'half-then-reset' }] },
    call: ECHO,
    sees: {
      stdio: lostInCall('process-exited'),
      sse: lostInCall('stream-ended'),
      streamable_http: REPLY_LOST,
    },
  },
  {
    id: 'reply:wrong-id',
    title: 'The reply comes under an id that nobody asked under',
    on: ALL,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'wrong-id' }] },
    call: LATE_ECHO,
    sees: {
      stdio: LATE,
      sse: LATE,
      streamable_http: REPLY_LOST,
    },
  },
  {
    id: 'reply:twice',
    title: 'The reply comes twice',
    on: ALL,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'twice' }] },
    call: ECHO,
    sees: { states: [], call: 'answered', within: AT_ONCE },
  },
  {
    id: 'reply:bad-json',
    title: 'The reply is not JSON',
    on: ALL,
    when: 'call',
    server: (kind) => ({
      faults:
        kind === 'streamable_http'
          ? [{ on: 'tools/call:echo', do: 'body', text: 'data: {"jsonrpc":"2.0","id":1,"result":{]\n\n' }]
          : [
              {
                on: 'tools/call:echo',
                do: 'raw',
                text: kind === 'stdio' ? '{"result":{]\n' : 'data: {"result":{]\n\n',
              },
              { on: 'tools/call:echo', do: 'never' },
            ],
    }),
    call: LATE_ECHO,
    sees: {
      stdio: { ...LATE, executed: 0 },
      sse: { ...LATE, executed: 0 },
      streamable_http: { ...REPLY_LOST, executed: 0 },
    },
  },
  {
    id: 'body:not-json',
    title: 'The body of the reply is said to be JSON, and is not',
    on: STREAMABLE,
    when: 'call',
    server: {
      replies: 'json',
      faults: [{ on: 'tools/call:echo', do: 'body', contentType: 'application/json', text: '{"result": ' }],
    },
    call: ECHO,
    sees: { states: [], call: 'REPLY_INVALID unknown malformed-message', executed: 0, within: AT_ONCE },
  },
  {
    id: 'body:empty',
    title: 'The body of the reply is said to be JSON, and is empty',
    on: STREAMABLE,
    when: 'call',
    server: {
      replies: 'json',
      faults: [{ on: 'tools/call:echo', do: 'body', contentType: 'application/json', text: '' }],
    },
    call: ECHO,
    sees: { states: [], call: 'REPLY_INVALID unknown malformed-message', executed: 0, within: AT_ONCE },
  },
  {
    id: 'body:cut',
    title: 'Half of a JSON body comes, and its connection breaks',
    on: STREAMABLE,
    when: 'call',
    server: { replies: 'json', faults: [{ on: 'tools/call:echo', do: 'half-then-reset' }] },
    call: ECHO,
    sees: REPLY_LOST,
  },
  {
    id: 'body:endless',
    title: 'A JSON body never ends',
    on: STREAMABLE,
    when: 'call',
    server: {
      replies: 'json',
      faults: [{ on: 'tools/call:echo', do: 'endless', contentType: 'application/json', text: '[' }],
    },
    settings: { limits: { maxMessageBytes: LIMIT_BYTES } },
    call: ECHO,
    sees: { states: [], call: 'REPLY_INVALID unknown message-too-large', executed: 0, within: AT_ONCE },
    also: ({ server }) => server.journal.waitFor({ kind: 'dropped' }),
  },
  {
    id: 'body:wrong-type',
    title: 'A page of HTML comes instead of the reply (a proxy, a login page)',
    on: HTTP,
    when: 'call',
    server: {
      faults: [{ on: 'tools/call:echo', do: 'body', contentType: 'text/html', text: '<html>welcome</html>' }],
    },
    call: LATE_ECHO,
    sees: {
      // The answer to a POST says nothing there: only the stream does.
      sse: { ...LATE, executed: 0 },
      streamable_http: {
        states: [],
        call: 'REPLY_INVALID unknown malformed-message',
        executed: 0,
        within: AT_ONCE,
      },
    },
  },
  {
    id: 'body:accepted',
    title: 'A request is answered with 202 and nothing else, as if it were a notification',
    on: STREAMABLE,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'status', status: 202 }] },
    call: ECHO,
    sees: { ...REPLY_LOST, executed: 0 },
  },
  {
    id: 'headers:huge',
    title: 'The headers of the answer are larger than HTTP clients take (20 kB)',
    on: STREAMABLE,
    when: 'call',
    server: {
      faults: [{ on: 'tools/call:echo', do: 'status', status: 200, headers: { 'x-padding': 'x'.repeat(20_000) } }],
    },
    call: ECHO,
    sees: { states: [], call: 'CONNECTION_LOST unknown unreachable', executed: 0, within: AT_ONCE },
  },
];
