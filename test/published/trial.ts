/** Takes one published server through the steps, through the public surface only, and says what came of each. */

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallOptions, McpSupervisor, type RuntimeEvent, type ServerInfo } from '../../src/index.ts';
import { groupMembers } from '../../src/testing/processes.ts';
import { scratchFile } from '../../src/testing/scratch.ts';
import { installedProgram, installedVersion, versionSeenBy, versionWithin } from './installed.ts';
import { type ServerResult, STEPS, type Step, type StepResult } from './results.ts';
import { type RunningServer, runServer } from './running-server.ts';
import type { PublishedServer } from './server.ts';

const STEP_TIMEOUT_MS = 30_000;

/** Try one server. Resolves when nothing of it is left; rejects only when it cannot be started at all. */
export async function tryServer(server: PublishedServer): Promise<ServerResult> {
  const folder = scratchFile(server.name);
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ 'notes.txt': 'Buy milk.', ...server.files })) {
    writeFileSync(join(folder, name), text);
  }
  await using running = await runServer(server, folder);
  const trial = new Trial(server, running);
  try {
    return await trial.run();
  } finally {
    await trial.mcp.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Trial {
  readonly mcp = new McpSupervisor({
    ledger: false,
    defaults: { callTimeoutMs: STEP_TIMEOUT_MS, backoff: { baseMs: 100, factor: 2, maxMs: 500 } },
  });
  readonly #server: PublishedServer;
  readonly #running: RunningServer;
  readonly #events: RuntimeEvent[] = [];
  readonly #pids = new Set<number>();
  #info: ServerInfo | undefined;
  #callInGap: Promise<void> | undefined;

  constructor(server: PublishedServer, running: RunningServer) {
    this.#server = server;
    this.#running = running;
    this.mcp.on('*', (event) => {
      this.#events.push(event);
      const pid = this.mcp.getServerInfo(server.name)?.pid;
      if (pid !== undefined) this.#pids.add(pid);
    });
  }

  async run(): Promise<ServerResult> {
    const { package: packageName, builtWith, name, transport } = this.#server;
    const results: Partial<Record<Step, StepResult>> = {};
    for (const step of STEPS) {
      const hasFailed = Object.values(results).some((result) => typeof result !== 'string');
      // What was opened is closed, whatever happened before.
      results[step] = hasFailed && step !== 'close' ? { failed: 'not tried' } : await this.#try(step);
    }
    return {
      name,
      package: packageName,
      version: installedVersion(packageName),
      builtWith: `${builtWith} ${builtWithVersion(this.#server)}`,
      transport,
      revision: this.#info?.protocolVersion ?? '',
      tools: this.#info?.tools.length ?? 0,
      steps: results as Record<Step, StepResult>,
    };
  }

  async #try(step: Step): Promise<StepResult> {
    if (step === 'read' && this.#server.resource === undefined) return 'not offered';
    try {
      await this.#steps[step]();
      return 'held';
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { failed: `${why}\n${this.#story()}` };
    }
  }

  readonly #steps: Readonly<Record<Step, () => Promise<void>>> = {
    connect: async () => {
      this.#info = await this.mcp.addServer(this.#running.config, { startTimeoutMs: STEP_TIMEOUT_MS });
    },
    list: async () => {
      const { name, call } = this.#server;
      const tools = this.mcp.listTools(name)[name] ?? [];
      assert.ok(
        tools.some((tool) => tool.name === call.tool),
        `${call.tool} is not among its ${tools.length} tools`,
      );
    },
    call: () => this.#call(),
    read: async () => {
      const { name, resource } = this.#server;
      assert.ok(resource);
      const { contents } = await this.mcp.readResource(name, resource.uri);
      assert.match(contents.map((each) => ('text' in each ? each.text : '')).join('\n'), resource.text);
    },
    kill: async () => {
      const lost = this.#reached('reconnecting');
      await this.#running.kill(this.mcp.getServerInfo(this.#server.name)?.pid);
      // Over HTTP it may be the call that notices. It changes nothing, so it may be sent again whatever became of it.
      if (this.#server.transport === 'stdio') await lost;
      this.#callInGap = this.#call({ retry: 'always' });
      this.#callInGap.catch(() => {});
      await lost;
    },
    recover: async () => {
      await this.#running.revive();
      await this.#callInGap;
      await this.#reached('ready');
      const info = this.mcp.getServerInfo(this.#server.name);
      assert.ok(info !== undefined && info.epoch > (this.#info?.epoch ?? 0), 'it is not in a new epoch');
      assert.deepEqual(namesOf(info), namesOf(this.#info), 'its tools are not the same');
    },
    close: async () => {
      await this.mcp.close();
      assert.deepEqual(this.mcp.listServers(), []);
      const failed = this.#events.filter(({ type }) => type === 'release.failed' || type === 'listener.failed');
      assert.deepEqual(failed, []);
      assert.deepEqual(membersOf(this.#pids), [], 'processes over stdio are left');
      await this.#running[Symbol.asyncDispose]();
      assert.deepEqual(membersOf(this.#running.pids), [], 'processes of the server are left');
    },
  };

  async #call(options: CallOptions = {}): Promise<void> {
    const { name, call } = this.#server;
    const { content, isError } = await this.mcp.callTool(name, call.tool, call.args(this.#running.place), options);
    assert.match(content.map((each) => (each.type === 'text' ? each.text : '')).join('\n'), call.result);
    assert.equal(isError ?? false, call.isError ?? false);
  }

  async #reached(state: 'ready' | 'reconnecting'): Promise<void> {
    await this.mcp.waitFor(this.#server.name, state, { signal: AbortSignal.timeout(STEP_TIMEOUT_MS) });
  }

  /** What was said, for whoever looks into a failure. */
  #story(): string {
    const lines = this.#events.map((event) => JSON.stringify(event));
    if (!this.mcp.listServers().includes(this.#server.name)) return lines.join('\n');
    return [...lines, this.mcp.explain(this.#server.name).text].join('\n');
  }
}

/** Some servers make up their descriptions anew in each life, so those are not compared. */
function namesOf(info: ServerInfo | undefined): string[] {
  return (info?.tools ?? []).map(({ name }) => name).sort();
}

function builtWithVersion({ package: packageName, program, builtWith, versionMark }: PublishedServer): string {
  if (versionMark === 'none') return '(bundled)';
  const version =
    versionMark === undefined
      ? versionSeenBy(packageName, builtWith)
      : versionWithin(installedProgram(packageName, program), versionMark);
  assert.ok(version, `${packageName} is not built with ${builtWith}`);
  return version;
}

function membersOf(groups: Iterable<number>): number[] {
  return [...groups].flatMap((group) => groupMembers(group)).map(({ pid }) => pid);
}
