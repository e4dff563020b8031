/**
 * The client that the referee judges: a user of the public surface who connects to one server and uses all that it
 * offers. Started once per scenario, with the URL of the server as its last argument.
 */

import { McpSupervisor } from 'mcp-supervisor';
import { type AuthorizationContext, authFor, authorized } from './authorization.ts';
import { listSkills, loadSkill, offersSkills, SkillRefused } from './skills.ts';

interface ScenarioContext extends AuthorizationContext {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: Record<string, unknown> }[];
}

type Tool = ReturnType<McpSupervisor['listTools']>[string][number];

const SERVER = 'referee';
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as ScenarioContext;
const url = process.argv.at(-1) ?? '';
const auth = authFor(scenario, context);

await using mcp = new McpSupervisor({
  clientInfo: { name: 'mcp-supervisor-conformance', version: '1.0.0' },
  ledger: false,
  handlers: { elicitation: async () => ({ action: 'accept', content: {} }) },
});
mcp.on('*', ({ server: _server, ...event }) => console.log(JSON.stringify({ ...event, url: undefined })));

const config = { name: SERVER, transport: 'streamable_http', url, ...(auth && { auth }) } as const;
await mcp.addServer(config, { waitUntil: 'added' });
await authorized(mcp, SERVER, opened);
const tools = mcp.listTools(SERVER)[SERVER] ?? [];
if (context.toolCalls !== undefined) for (const call of context.toolCalls) await use(call.name, call.arguments ?? {});
// The one tool of that scenario is there to be listed.
else if (scenario !== 'json-schema-ref-no-deref') for (const tool of tools) await use(tool.name, argumentsFor(tool));
if (offersSkills(mcp.getServerInfo(SERVER))) await useSkills();
else await useOthers();

/** Resolves when the server is ready, and rejects when a person has to do something first, or it was given up. */
async function opened(): Promise<void> {
  if (mcp.getServerInfo(SERVER)?.state === 'ready') return;
  const stopped = new Promise<never>((_, reject) => {
    mcp.on('authorization.required', ({ type }) => reject(new Error(type)));
    mcp.on('state', ({ to, cause }) => {
      if (to === 'closed') reject(new Error(`closed: ${cause?.kind}`));
    });
  });
  await Promise.race([mcp.waitFor(SERVER, 'ready', { signal: AbortSignal.timeout(15_000) }), stopped]);
}

async function use(name: string, args: Record<string, unknown>): Promise<void> {
  const { content, isError } = await authorized(mcp, SERVER, async () => mcp.callTool(SERVER, name, args));
  console.log(scenario, name, isError === true ? 'failed' : 'answered', JSON.stringify(content).slice(0, 200));
}

/** List and take whatever else is offered. */
async function useOthers(): Promise<void> {
  const { prompts, resources } = mcp.getServerInfo(SERVER)?.capabilities ?? {};
  if (prompts !== undefined) for (const { name } of await mcp.listPrompts(SERVER)) await mcp.getPrompt(SERVER, name);
  if (resources !== undefined)
    for (const { uri } of await mcp.listResources(SERVER)) await mcp.readResource(SERVER, uri);
}

/** List the skills and load each of them, but where nobody wants one. */
async function useSkills(): Promise<void> {
  for (const skill of await listSkills(mcp, SERVER)) {
    if (scenario === 'sep-2640-client-no-prefetch') continue;
    try {
      console.log(scenario, skill.uri, 'loaded', (await loadSkill(mcp, SERVER, skill)).size);
    } catch (error) {
      if (!(error instanceof SkillRefused)) throw error;
      console.log(scenario, skill.uri, 'refused', error.message);
    }
  }
}

/** Something for each argument that a tool wants; one that wants an object is sent a schema as it was listed. */
function argumentsFor({ inputSchema }: Tool): Record<string, unknown> {
  const properties = Object.entries((inputSchema.properties ?? {}) as Record<string, { type?: string }>);
  const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema ?? {};
  return Object.fromEntries(properties.map(([name, { type }]) => [name, valueOf(type, schema)]));
}

function valueOf(type: string | undefined, schema: unknown): unknown {
  switch (type) {
    case 'number':
    case 'integer':
      return 5;
    case 'boolean':
      return true;
    case 'object':
      return schema;
    case 'array':
      return [];
    default:
      return 'text';
  }
}
