/** Carries out the actions of the scenario, each with the real fault, one at a time for each server. */

import { setTimeout as wait } from 'node:timers/promises';
import type { McpSupervisor } from '../../src/index.ts';
import type { ScriptedFault } from '../../src/testing/behaviour.ts';
import { thaw } from '../../src/testing/processes.ts';
import type { Load } from './load.ts';
import type { Post } from './post.ts';
import type { Action } from './scenario.ts';

/** How long a server with no other trouble may take to be ready after it was added or replaced. */
const READY_MS = 10_000;

/** What actions are carried out with. */
export interface Theatre {
  readonly mcp: McpSupervisor;
  readonly load: Load;
}

/** Do one thing to one server; resolves when it is over. Rejects when a replacement does not become ready. */
export async function carryOut(action: Action, post: Post, { mcp, load }: Theatre): Promise<void> {
  switch (action.do) {
    case 'kill':
      post.downMs = action.downMs;
      return signal(post.pid(mcp), 'SIGKILL');
    case 'freeze':
      return await freeze(post.pid(mcp), action.forMs);
    case 'exit in a call':
      post.downMs = action.downMs;
      return await load.commit(post, 'exit');
    case 'cut a reply':
      return await load.commit(post, 'cut');
    case 'reset a reply':
      post.downMs = action.downMs;
      return await load.commit(post, 'reset');
    case 'cut all streams':
      return await post.control({ do: 'cut' });
    case 'reset all sockets':
      post.downMs = action.downMs;
      return await post.control({ do: 'reset' });
    case 'garbage':
      return await post.control({ do: 'raw', text: post.kind === 'stdio' ? action.text : `data: ${action.text}\n` });
    case 'flood':
      return await post.control({ do: 'notify', method: 'notifications/tools/list_changed', times: action.times });
    case 'retryServer':
      return mcp.retryServer(post.name);
    case 'replaceServer':
      return await replace(mcp, post);
    case 'removeServer and addServer':
      return await addAgain(mcp, post);
    default:
      return await prepare(action, post);
  }
}

type Prepared = Extract<
  Action,
  { do: 'slow replies' | 'half a reply' | 'forget sessions' | 'refuse' | 'drop requests' }
>;

/** Let a fault strike at the next messages. A stdio server is told again in each life, so the life is named. */
async function prepare(action: Prepared, post: Post): Promise<void> {
  const isStdio = post.kind === 'stdio';
  if (action.do === 'forget sessions' && !isStdio) return await post.control({ do: 'forget-sessions' });
  const lives = [post.life];
  const faults: ScriptedFault[] = [];
  switch (action.do) {
    case 'slow replies':
      faults.push({ on: 'tools/call:echo', do: 'delay', ms: action.ms, times: action.times, lives });
      break;
    case 'half a reply':
      faults.push({ on: 'tools/call:add', do: 'half', times: 1, lives });
      break;
    case 'refuse':
      if (isStdio) faults.push({ on: 'tools/call:echo', do: 'error', code: -32_000, times: action.times, lives });
      else faults.push({ on: 'tools/call:echo', do: 'status', status: action.status, times: action.times, lives });
      break;
    case 'drop requests':
      if (isStdio) faults.push({ on: 'tools/call:add', do: 'never', times: action.times, lives });
      else faults.push({ on: 'tools/call:add', do: 'destroy', times: action.times, lives });
      break;
    case 'forget sessions':
      // A process has no session to forget but its own life.
      faults.push({ on: 'tools/call:echo', do: 'exit', code: 3, times: 1, lives });
      break;
  }
  await post.control({ set: { faults } });
}

async function replace(mcp: McpSupervisor, post: Post): Promise<void> {
  const end = post.retire();
  try {
    await post.install();
    await mcp.replaceServer(post.config, { startTimeoutMs: READY_MS });
  } finally {
    await end();
  }
}

async function addAgain(mcp: McpSupervisor, post: Post): Promise<void> {
  post.removalCount += 1;
  post.isAway = true;
  await mcp.removeServer(post.name);
  await post.retire()();
  await post.install();
  const added = mcp.addServer(post.config, { startTimeoutMs: READY_MS });
  post.isAway = false;
  await added;
}

async function freeze(pid: number | undefined, forMs: number): Promise<void> {
  if (pid === undefined) return;
  signal(pid, 'SIGSTOP');
  await wait(forMs);
  try {
    thaw(pid);
  } catch {
    // It was found frozen, and ended.
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch {
    // It ended in between.
  }
}
