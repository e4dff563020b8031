/** Faults of a server that is started: the command, the process before it is ready, and the handshake. */

import { equal, ok } from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { scratchFile } from '../../../src/testing/scratch.ts';
import type { NamelessConfig } from '../../contract/transport-under-test.ts';
import type { FaultRow, Place, Sees, Step } from './row.ts';
import { ALL, AT_ONCE, CONNECT_TIMEOUT, LIFE, QUICK_CONNECT, STDIO } from './terms.ts';

const placed = (config: NamelessConfig): Promise<Place> =>
  Promise.resolve({ config, [Symbol.asyncDispose]: async () => {} });

/** A command that cannot be started: closed at once, and so is every call. */
function hopeless(
  fault: 'command-not-found' | 'command-not-executable' | 'working-directory-missing' | 'spawn-failed',
) {
  const call = `SERVER_CLOSED not-sent ${fault}` as const;
  return { states: ['connecting', `closed: ${fault}`], call, executed: 0, within: AT_ONCE, next: call } satisfies Sees;
}

/** The same when the handshake shows it. */
function refused(fault: 'handshake-refused' | 'protocol-version-unsupported') {
  const call = `SERVER_CLOSED not-sent ${fault}` as const;
  const states: readonly Step[] = ['connecting', 'initializing', `closed: ${fault}`];
  return { states, call, executed: 0, within: AT_ONCE, next: call } satisfies Sees;
}

/** The first attempt fails, the second one serves, and so the call that waits is answered. */
const again = (fault: 'process-exited' | 'timed-out' | 'handshake-refused' | 'malformed-message', within = AT_ONCE) =>
  ({
    states: ['connecting', 'initializing', `reconnecting: ${fault}`, ...LIFE],
    call: 'answered',
    within,
  }) satisfies Sees;

function unexecutable(): string {
  const file = scratchFile('program');
  writeFileSync(file, '#!/bin/sh\nexit 0\n');
  chmodSync(file, 0o600);
  return file;
}

export const STARTUP: readonly FaultRow[] = [
  {
    id: 'command:missing',
    title: 'The command does not exist (ENOENT)',
    on: STDIO,
    when: 'connecting',
    place: () => placed({ transport: 'stdio', command: 'mcp-supervisor-no-such-command' }),
    neighbour: true,
    sees: hopeless('command-not-found'),
  },
  {
    id: 'command:not-executable',
    title: 'The command may not be executed (EACCES)',
    on: STDIO,
    when: 'connecting',
    place: () => placed({ transport: 'stdio', command: unexecutable() }),
    sees: hopeless('command-not-executable'),
  },
  {
    id: 'command:no-directory',
    title: 'The working directory does not exist',
    on: STDIO,
    when: 'connecting',
    place: () => placed({ transport: 'stdio', command: process.execPath, cwd: scratchFile('nowhere') }),
    sees: hopeless('working-directory-missing'),
  },
  {
    id: 'command:too-long',
    title: 'The arguments are longer than the system allows (E2BIG)',
    on: STDIO,
    when: 'connecting',
    place: () => placed({ transport: 'stdio', command: process.execPath, args: ['x'.repeat(200_000)] }),
    sees: hopeless('spawn-failed'),
  },
  {
    id: 'start:exits',
    title: 'The process exits before it has read anything',
    on: STDIO,
    when: 'initializing',
    server: { faults: [{ on: 'start', do: 'exit', code: 1 }] },
    sees: again('process-exited'),
  },
  {
    id: 'start:crashes-in-handshake',
    title: 'The process dies (SIGKILL) when it gets `initialize`',
    on: STDIO,
    when: 'initializing',
    server: { faults: [{ on: 'initialize', do: 'signal', signal: 'SIGKILL' }] },
    sees: again('process-exited'),
  },
  {
    id: 'start:banner',
    title: 'The process greets on stdout before it speaks the protocol',
    on: STDIO,
    when: 'initializing',
    server: { faults: [{ on: 'start', do: 'raw', text: 'Welcome to the server\nlistening on stdio\n' }] },
    sees: { states: LIFE, call: 'answered', within: AT_ONCE },
  },
  {
    id: 'start:banner-glued',
    title: 'A greeting without an end of line is glued to the answer to `initialize`, which is lost',
    on: STDIO,
    when: 'initializing',
    server: { faults: [{ on: 'start', do: 'raw', text: 'Welcome: ' }] },
    settings: QUICK_CONNECT,
    sees: again('timed-out', CONNECT_TIMEOUT),
  },
  {
    id: 'initialize:never-answered',
    title: '`initialize` is never answered',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'initialize', do: 'never' }] },
    settings: QUICK_CONNECT,
    neighbour: true,
    sees: again('timed-out', CONNECT_TIMEOUT),
  },
  {
    id: 'initialize:internal-error',
    title: '`initialize` is answered with an error that may pass (-32603)',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'initialize', do: 'error', code: -32_603 }] },
    sees: again('handshake-refused'),
  },
  {
    id: 'initialize:unknown-method',
    title: 'The server does not know `initialize` (-32601), as one that speaks only a later era',
    on: ALL,
    when: 'initializing',
    lasting: true,
    server: { faults: [{ on: 'initialize', do: 'error', code: -32_601 }] },
    sees: refused('handshake-refused'),
    // Once for each addition.
    also: ({ server }) => equal(server.journal.entries({ kind: 'message', method: 'initialize' }).length, 2),
  },
  {
    id: 'initialize:foreign-revision',
    title: 'The server insists on a revision that we do not speak',
    on: ALL,
    when: 'initializing',
    server: { protocolVersion: '1999-01-01' },
    sees: refused('protocol-version-unsupported'),
  },
  {
    id: 'initialize:malformed',
    title: 'The answer to `initialize` has the wrong shape',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'initialize', do: 'result', result: { protocolVersion: 7, tools: 'none' } }] },
    sees: again('malformed-message'),
  },
  {
    id: 'initialize:half',
    title: 'Half of the answer to `initialize` arrives, and the stream breaks',
    on: ['stdio', 'sse'],
    when: 'initializing',
    server: { faults: [{ on: 'initialize', do: 'half-then-reset' }] },
    sees: {
      stdio: again('process-exited'),
      sse: {
        states: ['connecting', 'initializing', 'reconnecting: stream-ended', ...LIFE],
        call: 'answered',
        within: AT_ONCE,
      },
    },
  },
  {
    id: 'list:never-answered',
    title: 'The handshake succeeds, and the first list of tools never comes',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'tools/list', do: 'never' }] },
    settings: QUICK_CONNECT,
    sees: again('timed-out', CONNECT_TIMEOUT),
  },
  {
    id: 'list:refused',
    title: 'The handshake succeeds, and the first list of tools is answered with an error',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'tools/list', do: 'error', code: -32_603 }] },
    sees: again('handshake-refused'),
  },
  {
    id: 'list:malformed',
    title: 'The handshake succeeds, and the first list of tools is no list',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'tools/list', do: 'result', result: { tools: 'none' } }] },
    sees: again('malformed-message'),
  },
  {
    id: 'list:bad-tool',
    title: 'A tool in the list has the wrong shape: it is left out, and `entries.rejected` says so',
    on: ALL,
    when: 'initializing',
    server: { faults: [{ on: 'tools/list', do: 'result', result: { tools: [{ name: 7 }] } }] },
    sees: { states: LIFE, call: 'answered', within: AT_ONCE },
    also: ({ stand }) => ok(stand.events.some(({ type }) => type === 'entries.rejected')),
  },
];
