/** Faults of what stands around the process: launchers, pipes, grandchildren. */

import { equal } from 'node:assert/strict';
import { alive, waitGone } from '../../../src/testing/processes.ts';
import type { NamelessConfig } from '../../contract/transport-under-test.ts';
import { ECHO, WAIT } from './deeds.ts';
import type { FaultRow, Scene } from './row.ts';
import { BUSY_HEARTBEAT, HEARTBEAT, IDLE_HEARTBEAT, lost, lostInCall, STDIO } from './terms.ts';

/** Behind `sh -c`, which stays and does something more when the server has ended. */
const inShell =
  (afterwards: string) =>
  (config: NamelessConfig): NamelessConfig => {
    if (config.transport !== 'stdio') return config;
    const args = ['-c', `"$@"; ${afterwards}`, 'sh', config.command, ...(config.args ?? [])];
    return { ...config, command: 'sh', args };
  };

/** Behind `npx`, which starts a shell, which starts the server. */
const behindNpx = (config: NamelessConfig): NamelessConfig => {
  if (config.transport !== 'stdio') return config;
  const quoted = [config.command, ...(config.args ?? [])].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const env = { npm_config_update_notifier: 'false', npm_config_offline: 'true' };
  return { ...config, command: 'npx', args: ['-c', `${quoted.join(' ')}; true`], env };
};

/** Kill the process that we started, and not the server behind it. */
const killWrapper = ({ stand }: Scene) =>
  void process.kill(stand.mcp.getServerInfo('one')?.pid ?? Number.NaN, 'SIGKILL');
/** Kill the server, and not the process that we started. */
const killServer = ({ server }: Scene) => server.kill();

const STUBBORN = { ignoreStdinEnd: true, ignoreSigterm: true } as const;

/** Every process that the journal names, of every life, is gone before the next one is started. */
const firstLifeGone = async ({ server }: Scene) => {
  const first = server.journal.entries({ kind: 'started', life: 1 }).at(0)?.pid ?? Number.NaN;
  equal(alive(first), false);
};
const grandchildrenGone = async ({ server }: Scene) => {
  const [first] = server.journal.entries({ kind: 'grandchild' });
  await waitGone(first?.grandchildPid ?? Number.NaN, 2_000);
};

export const WRAPPER: readonly FaultRow[] = [
  {
    id: 'wrapper:killed-idle',
    title: 'The launcher (`sh -c`) is killed, and the server behind it ignores the end of stdin and SIGTERM',
    on: STDIO,
    when: 'idle',
    server: STUBBORN,
    launch: inShell('true'),
    strike: killWrapper,
    sees: lost('process-exited'),
    also: firstLifeGone,
  },
  {
    id: 'wrapper:killed-in-call',
    title: 'The launcher (`sh -c`) is killed while the stubborn server behind it executes a call',
    on: STDIO,
    when: 'call',
    server: STUBBORN,
    launch: inShell('true'),
    call: WAIT,
    strike: killWrapper,
    sees: lostInCall('process-exited'),
    also: firstLifeGone,
  },
  {
    id: 'wrapper:npx-killed',
    title: '`npx` is killed, and the server two processes behind it ignores the end of stdin and SIGTERM',
    on: STDIO,
    when: 'idle',
    server: STUBBORN,
    launch: behindNpx,
    strike: killWrapper,
    sees: lost('process-exited'),
    also: firstLifeGone,
  },
  {
    id: 'wrapper:server-killed',
    title: 'The server behind a launcher is killed, and the launcher ends with it',
    on: STDIO,
    when: 'call',
    launch: inShell('true'),
    call: WAIT,
    strike: killServer,
    sees: lostInCall('process-exited'),
  },
  {
    id: 'wrapper:outlives-server-idle',
    title: 'The server behind a launcher is killed, and the launcher lives on and holds the pipes',
    on: STDIO,
    when: 'idle',
    launch: inShell('sleep 60'),
    settings: HEARTBEAT,
    strike: killServer,
    sees: { ...lost('unresponsive'), within: IDLE_HEARTBEAT },
  },
  {
    id: 'wrapper:outlives-server-in-call',
    title: 'The server behind a launcher is killed during a call, and the launcher lives on and holds the pipes',
    on: STDIO,
    when: 'call',
    launch: inShell('sleep 60'),
    settings: HEARTBEAT,
    call: WAIT,
    strike: killServer,
    sees: { ...lostInCall('unresponsive'), within: BUSY_HEARTBEAT },
  },
  {
    id: 'pipe:stdout-closed-idle',
    title: 'The server closes its stdout and lives on',
    on: STDIO,
    when: 'idle',
    strike: ({ server }) => server.control({ do: 'cut' }),
    sees: lost('pipe-closed'),
    also: firstLifeGone,
  },
  {
    id: 'pipe:stdout-closed-in-call',
    title: 'The server closes its stdout while it executes a call',
    on: STDIO,
    when: 'call',
    call: WAIT,
    strike: ({ server }) => server.control({ do: 'cut' }),
    sees: lostInCall('pipe-closed'),
    also: firstLifeGone,
  },
  {
    id: 'pipe:stdin-closed',
    title: 'The server closes its stdin and lives on: whatever is sent next does not arrive',
    on: STDIO,
    when: 'idle',
    settings: HEARTBEAT,
    strike: ({ server }) => server.control({ do: 'close-stdin' }),
    sees: { ...lost('pipe-closed'), within: IDLE_HEARTBEAT },
    also: firstLifeGone,
  },
  {
    id: 'grandchild:holds-pipes',
    title: 'The server is killed, and a child of it that ignores SIGTERM holds the pipes open',
    on: STDIO,
    when: 'call',
    server: { grandchild: { holdsPipes: true } },
    call: WAIT,
    strike: killServer,
    sees: lostInCall('process-exited'),
    also: grandchildrenGone,
  },
  {
    id: 'stderr:flood',
    title: 'The server writes 4 MB to stderr before it replies',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'stderr', megabytes: 4 }] },
    call: ECHO,
    sees: { states: [], call: 'answered', within: { ms: 3_000, by: 'at once' } },
  },
];
