/** Every error, met as a user meets it, says in one line what is needed to act on it, and holds the same as data. */

import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  ERROR_CODES,
  type ErrorCode,
  McpSupervisor,
  type StdioServerConfig,
  SupervisorError,
} from '../../src/index.ts';
import { scriptedStdio } from '../../src/testing/scripted.ts';
import { startHttpServer } from '../fixtures/http/http-server.ts';
import { streamableAnswers } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const PROGRAM = fileURLToPath(new URL('moody-server.mjs', import.meta.url));
const SECRET = 'sk-4f9a8b7c6d5e';
/** A server whose next attempt is a minute away. */
const PATIENT = { backoff: { baseMs: 60_000, maxMs: 60_000 }, stdinGraceMs: 200, termGraceMs: 200 } as const;

function moody(mood: string, changes: Partial<StdioServerConfig> = {}): StdioServerConfig {
  const env = { TOKEN: SECRET };
  return {
    name: 'x',
    transport: 'stdio',
    command: process.execPath,
    args: [PROGRAM, mood],
    env,
    ...PATIENT,
    ...changes,
  };
}

interface Meeting {
  readonly code: ErrorCode;
  /** When it is met. */
  readonly when: string;
  readonly meet: (mcp: McpSupervisor) => Promise<unknown>;
  /** What its message says. */
  readonly says: readonly RegExp[];
  /** What it holds as data. */
  readonly holds?: object;
}

const added = { waitUntil: 'added' } as const;
const call = (mcp: McpSupervisor, options = {}) => mcp.callTool('x', 'tool', {}, { timeoutMs: 400, ...options });

/** Bring a server into a state, and wait until it is there. */
async function bring(
  mcp: McpSupervisor,
  config: StdioServerConfig,
  state: 'reconnecting' | 'closed',
  parked = false,
): Promise<void> {
  const there = new Promise((resolve) => {
    mcp.on('state', (change) => {
      if (change.to === state && (change.parked ?? false) === parked) resolve(change);
    });
  });
  await mcp.addServer(config, added);
  await there;
}

const MEETINGS: readonly Meeting[] = [
  {
    code: 'CONFIG_INVALID',
    when: 'a field is misspelled',
    meet: (mcp) => mcp.addServer({ ...moody('good'), limits: { maxTool: 1 } } as never),
    says: [/limits\.maxTool/],
  },
  {
    code: 'SERVER_EXISTS',
    when: 'a name is taken',
    meet: async (mcp) => {
      await mcp.addServer(moody('good'));
      await mcp.addServer(moody('good'));
    },
    says: [/'x'/],
  },
  {
    code: 'SERVER_UNKNOWN',
    when: 'nobody has that name',
    meet: (mcp) => call(mcp),
    says: [/'x'/, /known servers: none/],
  },
  {
    code: 'SERVER_DEPENDED_ON',
    when: 'another needs it',
    meet: async (mcp) => {
      await mcp.addServers([moody('good'), moody('good', { name: 'y', dependsOn: ['x'] })]);
      await mcp.removeServer('x');
    },
    says: [/'y'/],
  },
  {
    code: 'CONNECT_FAILED',
    when: 'the command does not exist',
    meet: (mcp) => mcp.addServer(moody('good', { command: 'no-such-command' })),
    says: [/command not found: no-such-command/],
    holds: { state: 'closed', fault: { kind: 'command-not-found' } },
  },
  {
    code: 'CONNECT_FAILED',
    when: 'the process exits at each attempt',
    meet: (mcp) => mcp.addServer(moody('exits', { parkAfterAttempts: 1 })),
    says: [/exited with code 3/, /stderr: cannot bind to port 80 \| giving up/],
    holds: { state: 'reconnecting', fault: { kind: 'process-exited', exitCode: 3 } },
  },
  {
    code: 'REPLACEMENT_SUPERSEDED',
    when: 'the server is replaced once more',
    meet: async (mcp) => {
      await mcp.addServer(moody('good'));
      const first = mcp.replaceServer(moody('hangs'));
      await Promise.all([first, mcp.replaceServer(moody('good'))]);
    },
    says: [/'x' was replaced once more/],
  },
  {
    code: 'START_TIMEOUT',
    when: 'the handshake is not answered',
    meet: (mcp) => mcp.addServer(moody('hangs'), { startTimeoutMs: 900 }),
    says: [/within 900 ms/, /is initializing, attempt 1/, /stderr: waiting for a licence/],
    holds: { state: 'initializing' },
  },
  {
    code: 'START_TIMEOUT',
    when: 'the process exits and is to be tried again',
    meet: (mcp) => mcp.addServer(moody('exits'), { startTimeoutMs: 900 }),
    says: [/is reconnecting/, /exited with code 3: giving up/, /next attempt in \d+\.\d s/],
    holds: { state: 'reconnecting', fault: { kind: 'process-exited' }, retryInMs: expect.any(Number) },
  },
  {
    code: 'SUPERVISOR_CLOSED',
    when: 'it is closed',
    meet: async (mcp) => {
      await mcp.close();
      await mcp.addServer(moody('good'));
    },
    says: [/closed/],
  },
  {
    code: 'SERVER_REMOVED',
    when: 'it is removed while a call waits',
    meet: async (mcp) => {
      await bring(mcp, moody('exits'), 'reconnecting');
      const waiting = call(mcp, { timeoutMs: 5_000 });
      waiting.catch(() => {});
      await mcp.removeServer('x');
      await waiting;
    },
    says: [/'x' was removed/],
    holds: { outcome: 'not-sent' },
  },
  {
    code: 'SERVER_CLOSED',
    when: 'its fault cannot be cured by trying again',
    meet: async (mcp) => {
      await bring(mcp, moody('good', { command: 'no-such-command' }), 'closed');
      await call(mcp);
    },
    says: [/command not found/, /retryServer\('x'\)/],
    holds: { outcome: 'not-sent', state: 'closed', fault: { kind: 'command-not-found' } },
  },
  {
    code: 'SERVER_PARKED',
    when: 'its attempts are used up',
    meet: async (mcp) => {
      await bring(mcp, moody('exits', { parkAfterAttempts: 1 }), 'reconnecting', true);
      await call(mcp);
    },
    says: [/is parked/, /exited with code 3/, /probed in \d+\.\d s/, /retryServer\('x'\)/],
    holds: { outcome: 'not-sent', state: 'reconnecting', retryInMs: expect.any(Number) },
  },
  {
    code: 'CALL_TIMEOUT',
    when: 'the server is away',
    meet: async (mcp) => {
      await bring(mcp, moody('exits'), 'reconnecting');
      await call(mcp);
    },
    says: [/longer than 400 ms/, /is reconnecting/, /exited with code 3/, /next attempt in \d+\.\d s/],
    holds: {
      outcome: 'not-sent',
      state: 'reconnecting',
      fault: { kind: 'process-exited' },
      retryInMs: expect.any(Number),
    },
  },
  {
    code: 'CALL_TIMEOUT',
    when: 'the server does not answer',
    meet: async (mcp) => {
      await mcp.addServer(moody('silent'));
      await call(mcp);
    },
    says: [/longer than 400 ms/, /was sent, and no reply came/],
    holds: { outcome: 'unknown' },
  },
  {
    code: 'CALL_TIMEOUT',
    when: 'another call is before it',
    meet: async (mcp) => {
      await mcp.addServer(moody('silent', { maxConcurrent: 1 }));
      const first = call(mcp, { timeoutMs: 1_500 });
      await Promise.all([call(mcp), first.catch(() => {})]);
    },
    says: [/behind 1 under way \(maxConcurrent\)/],
    holds: { outcome: 'not-sent' },
  },
  {
    code: 'CALL_ABORTED',
    when: 'the caller aborts',
    meet: async (mcp) => {
      await mcp.addServer(moody('silent'));
      await call(mcp, { signal: AbortSignal.timeout(50) });
    },
    says: [/tools\/call on 'x' was aborted/],
    holds: { outcome: 'unknown' },
  },
  {
    code: 'QUEUE_FULL',
    when: 'the server is away',
    meet: async (mcp) => {
      await bring(mcp, moody('exits', { maxQueued: 1 }), 'reconnecting');
      const first = call(mcp);
      await Promise.all([call(mcp), first.catch(() => {})]);
    },
    says: [/1 calls wait for 'x' already \(maxQueued\)/, /is reconnecting/, /exited with code 3/, /next attempt in/],
    holds: { outcome: 'not-sent', state: 'reconnecting' },
  },
  {
    code: 'CAPABILITY_MISSING',
    when: 'the server has no resources',
    meet: async (mcp) => {
      await mcp.addServer(moody('good'));
      await mcp.subscribeResource('x', 'file:///a');
    },
    says: [/'x'/, /resources/],
    holds: { outcome: 'not-sent' },
  },
  {
    code: 'CONNECTION_LOST',
    when: 'the process dies under the call',
    meet: async (mcp) => {
      await mcp.addServer(moody('dies'));
      await call(mcp, { timeoutMs: 5_000 });
    },
    says: [/exited with code 7: out of memory/],
    holds: { outcome: 'unknown', fault: { kind: 'process-exited', exitCode: 7 } },
  },
  {
    code: 'CALL_REFUSED',
    when: 'the server answers with a status',
    meet: async (mcp) => {
      await mcp.addServer({ name: 'x', transport: 'streamable_http', url: `${refusing.origin}/mcp` });
      await call(mcp);
    },
    says: [/HTTP 403/],
    holds: { outcome: 'refused', fault: { kind: 'unauthorized', status: 403 } },
  },
  {
    code: 'REPLY_INVALID',
    when: 'the reply has another shape',
    meet: async (mcp) => {
      await mcp.addServer(moody('invalid'));
      await call(mcp);
    },
    says: [/the reply is not valid/],
    holds: { outcome: 'unknown' },
  },
  {
    code: 'RESULT_INVALID',
    when: 'the structured result breaks the output schema',
    meet: async (mcp) => {
      await mcp.addServer(moody('untrue'));
      await call(mcp);
    },
    says: [/the tool ran/, /type at \/temperature/],
    holds: { outcome: 'failed-by-server', violation: { path: '/temperature', rule: 'type' } },
  },
  {
    code: 'INPUT_REFUSED',
    when: 'the server wants input without an end',
    meet: async (mcp) => {
      await using server = scriptedStdio({ era: 'discover' });
      await mcp.addServer({ ...server.config, name: 'x', protocol: 'discover', roots: [] });
      await mcp.callTool('x', 'ask-again', { rounds: 1_000 });
    },
    says: [/wanted input and was not given it/, /more than 10 rounds/],
    holds: { outcome: 'failed-by-server', retryable: false },
  },
  {
    code: 'ELICITATION_REQUIRED',
    when: 'a person has to visit a page first',
    meet: async (mcp) => {
      const page = { mode: 'url', elicitationId: 'e1', url: `https://example.com/${SECRET}`, message: 'sign in' };
      await using server = scriptedStdio();
      await mcp.addServer({ ...server.config, name: 'x', protocol: 'initialize' });
      const refusal = { do: 'error', code: -32_042, message: 'sign in first', data: { elicitations: [page] } } as const;
      await server.control({ set: { faults: [{ on: 'tools/call', ...refusal }] } });
      await mcp.callTool('x', 'echo');
    },
    says: [/sign in first \(code -32042\)/],
    holds: { outcome: 'failed-by-server', retryable: false, elicitations: [{ elicitationId: 'e1' }] },
  },
  {
    code: 'TASK_UNKNOWN',
    when: 'the server does not know the task',
    meet: async (mcp) => {
      await mcp.addServer({ name: 'x', ...tasked.config });
      await mcp.resumeTask('x', 'of-yesterday').result();
    },
    says: [/the task on 'x' is not known there, or not any more/],
    holds: { outcome: 'unknown', taskId: 'of-yesterday' },
  },
  {
    code: 'TASK_EXPIRED',
    when: 'the time of the task is over',
    meet: async (mcp) => {
      await mcp.addServer({ name: 'x', ...tasked.config });
      await (await mcp.callToolAsTask('x', 'job')).result();
    },
    says: [/the task on 'x' has not ended in the time for which it is kept/],
    holds: { outcome: 'unknown' },
  },
  {
    code: 'TASK_CANCELLED',
    when: 'the task was cancelled',
    meet: async (mcp) => {
      await mcp.addServer({ name: 'x', ...tasked.config });
      const task = await mcp.callToolAsTask('x', 'job');
      await task.cancel();
      await task.result();
    },
    says: [/the task on 'x' was cancelled/],
    holds: { outcome: 'failed-by-server' },
  },
  {
    code: 'SERVER_ERROR',
    when: 'the server answers with an error',
    meet: async (mcp) => {
      await mcp.addServer(moody('refuses'));
      await call(mcp);
    },
    says: [/no such city: Utopia \(code -32602\)/],
    holds: { outcome: 'failed-by-server', rpcCode: -32_602, rpcMessage: 'no such city:\nUtopia' },
  },
];

const refusing = await startHttpServer(
  streamableAnswers({ 'tools/call': (_, response) => void response.writeHead(403).end() }),
);
afterAll(() => refusing.stop());
const tasked = scriptedStdio({ tasks: { ttlMs: 200, pollIntervalMs: 100 } });
afterAll(() => tasked[Symbol.asyncDispose]());

/** They need a real authorization server: test/authorization has one. */
const MET_ELSEWHERE: readonly ErrorCode[] = ['AUTH_REQUIRED', 'AUTHORIZATION_FAILED'];

describe('an error', () => {
  it.each(MEETINGS)('$code says what to do when $when', async ({ code, meet, says, holds = {} }) => {
    await using mcp = new McpSupervisor({ ledger: false, handleSignals: false, random: () => 0.5 });

    const error: unknown = await meet(mcp).then(
      () => undefined,
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(SupervisorError);
    expect(error).toMatchObject({ code, ...holds });
    const { message } = error as SupervisorError;
    for (const part of says) expect(message).toMatch(part);
    // The one error that is laid out in lines, because it names every bad field.
    if (code !== 'CONFIG_INVALID') expect(message).not.toContain('\n');
    expect(message).not.toContain(SECRET);
  });

  it('is met in every code there is', () => {
    const met = new Set([...MEETINGS.map(({ code }) => code), ...MET_ELSEWHERE]);

    expect(Object.keys(ERROR_CODES).filter((code) => !met.has(code as ErrorCode))).toEqual([]);
  });
});

describe('a call right after retryServer', () => {
  it('waits for that attempt, while what is left of the last one is still released', async () => {
    await using mcp = new McpSupervisor({ ledger: false, handleSignals: false });
    await bring(mcp, moody('stranger'), 'closed');

    mcp.retryServer('x');
    const error: unknown = await call(mcp, { timeoutMs: 10_000 }).catch((reason: unknown) => reason);

    // It was closed again, and not still closed.
    expect(error).toMatchObject({ code: 'SERVER_CLOSED', epoch: 2 });
  });
});
