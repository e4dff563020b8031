/**
 * Uses the package as a strict TypeScript project does. It is compiled against the packed tarball, with the
 * declarations of every dependency checked too, and never run.
 */

import {
  CallError,
  type CallOptions,
  type CallToolResult,
  ConfigError,
  type Fault,
  McpSupervisor,
  type RuntimeEvent,
  type ServerConfig,
  type ServerInfo,
  type StateChange,
  SupervisorError,
  type Tool,
} from 'mcp-supervisor';
import {
  type Behaviour,
  type FaultTransport,
  faultTransport,
  type Journal,
  type ScriptedHttp,
  SimulatedClock,
  type StdioFaultTransport,
  startScripted,
} from 'mcp-supervisor/testing';

const servers: readonly ServerConfig[] = [
  { name: 'weather', transport: 'stdio', command: 'node', args: ['weather.js'], dependsOn: ['wiki'] },
  { name: 'wiki', transport: 'sse', url: 'http://127.0.0.1:3001/sse', sseReadTimeoutMs: 60_000 },
  { name: 'docs', transport: 'streamable_http', url: 'http://127.0.0.1:8080/mcp', headers: { Authorization: 'x' } },
];

export async function main(options: CallOptions): Promise<string> {
  const mcp = new McpSupervisor();
  mcp.on('state.changed', (change: StateChange) => console.log(change.from, change.to, change.cause?.kind ?? ''));
  try {
    for (const server of servers) {
      const info: ServerInfo = await mcp.addServer(server);
      console.log(info.state, info.epoch);
    }
    const tools: Record<string, readonly Tool[]> = mcp.listTools();
    const result: CallToolResult = await mcp.callTool('weather', 'get_alerts', { state: 'CA' }, options);
    const info: ServerInfo | undefined = mcp.getServerInfo('weather');
    for await (const event of mcp.events()) console.log(describe(event));
    return `${Object.keys(tools).length} ${result.content.length} ${info?.state ?? ''}`;
  } catch (error) {
    return explain(error);
  } finally {
    await mcp.disconnectAll();
  }
}

export async function rehearse(behaviour: Behaviour): Promise<number> {
  const clock = new SimulatedClock();
  await using server: ScriptedHttp<'sse'> = await startScripted('sse', behaviour);
  await using mcp = new McpSupervisor({ clock });
  await using faults: FaultTransport = await faultTransport({ name: 'scripted', ...server.config });
  await mcp.addServer(faults.config);
  const process: StdioFaultTransport = await faultTransport({ name: 'x', transport: 'stdio', command: 'x' });
  await process.kill('SIGTERM');
  const journal: Journal = server.journal;
  return journal.executions('initialize');
}

function describe(event: RuntimeEvent): string {
  return event.type === 'state.changed' ? `${event.server} ${event.to}` : event.type;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.issues.map((issue) => issue.path).join();
  if (error instanceof CallError) return `${error.outcome} ${kindOf(error.fault)}`;
  return error instanceof SupervisorError ? error.code : 'a defect';
}

function kindOf(fault: Fault | undefined): string {
  return fault?.kind ?? '';
}
