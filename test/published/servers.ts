/**
 * The servers of the suite: programs that others published, which work without network and without credentials. Each is
 * started from its installed package, with the versions of `package.json` beside this file.
 */

import { installedProgram } from './installed.ts';
import type { PublishedServer } from './server.ts';

const V1 = '@modelcontextprotocol/sdk';
const V2 = '@modelcontextprotocol/server';

const SUM = { tool: 'get-sum', args: () => ({ a: 19, b: 23 }), result: /42/ };
const DAYS = { tool: 'days_in_month', args: () => ({ date: '2024-02-03' }), result: /is 29/ };
const DOCUMENT = { uri: 'demo://resource/static/document/architecture.md', text: /Everything Server/ };

const OPENAPI = { openapi: '3.1.0', info: { title: 'Milk', version: '1.0.0' }, paths: { '/milk': {} } };

/** Its tools ask a service; the address of that is one where nobody listens. */
const FIRECRAWL = {
  package: 'firecrawl-mcp',
  builtWith: 'fastmcp',
  call: {
    tool: 'firecrawl_check_crawl_status',
    args: () => ({ id: '00000000-0000-4000-8000-000000000000' }),
    result: /ECONNREFUSED/,
    isError: true,
  },
} as const;
const NO_SERVICE = { FIRECRAWL_API_URL: 'http://127.0.0.1:9' };

export const SERVERS: readonly PublishedServer[] = [
  {
    name: 'everything',
    package: '@modelcontextprotocol/server-everything',
    builtWith: V1,
    transport: 'stdio',
    args: () => ['stdio'],
    call: SUM,
    resource: DOCUMENT,
  },
  {
    name: 'everything-sse',
    package: '@modelcontextprotocol/server-everything',
    builtWith: V1,
    transport: 'sse',
    args: () => ['sse'],
    env: ({ port }) => ({ PORT: String(port) }),
    http: { path: '/sse', ready: 'Server is running on port' },
    call: SUM,
    resource: DOCUMENT,
  },
  {
    name: 'everything-http',
    package: '@modelcontextprotocol/server-everything',
    builtWith: V1,
    transport: 'streamable_http',
    args: () => ['streamableHttp'],
    env: ({ port }) => ({ PORT: String(port) }),
    http: { path: '/mcp', ready: 'listening on port' },
    call: SUM,
    resource: DOCUMENT,
  },
  {
    name: 'filesystem',
    package: '@modelcontextprotocol/server-filesystem',
    builtWith: V1,
    transport: 'stdio',
    args: ({ folder }) => [folder],
    call: { tool: 'read_text_file', args: ({ folder }) => ({ path: `${folder}/notes.txt` }), result: /Buy milk/ },
  },
  {
    name: 'memory',
    package: '@modelcontextprotocol/server-memory',
    builtWith: V1,
    transport: 'stdio',
    env: ({ folder }) => ({ MEMORY_FILE_PATH: `${folder}/memory.jsonl` }),
    call: { tool: 'read_graph', args: () => ({}), result: /"entities": \[\]/ },
    resource: { uri: 'memory://knowledge-graph', text: /"entities"/ },
  },
  {
    name: 'sequential-thinking',
    package: '@modelcontextprotocol/server-sequential-thinking',
    builtWith: V1,
    transport: 'stdio',
    call: {
      tool: 'sequentialthinking',
      args: () => ({ thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 }),
      // Each life begins with an empty history, so a second call to one life would say 2.
      result: /"thoughtHistoryLength": 1/,
    },
  },
  {
    name: 'calc',
    package: '@coo-quack/calc-mcp',
    builtWith: V1,
    transport: 'stdio',
    call: { tool: 'hash', args: () => ({ input: 'abc', algorithm: 'sha256' }), result: /ba7816bf8f01cfea/ },
  },
  {
    name: 'time',
    package: 'time-mcp',
    builtWith: V1,
    transport: 'stdio',
    call: DAYS,
  },
  {
    name: 'lucide-icons',
    package: 'lucide-icons-mcp',
    builtWith: V1,
    transport: 'stdio',
    args: () => ['--stdio'],
    call: { tool: 'search_icons', args: () => ({ query: 'house', limit: 1 }), result: /House/ },
  },
  {
    name: 'thinking-tools',
    package: 'mcp-sequentialthinking-tools',
    builtWith: V1,
    transport: 'stdio',
    call: {
      tool: 'sequentialthinking_tools',
      args: () => ({
        available_mcp_tools: ['hammer'],
        thought: 'one',
        next_thought_needed: false,
        thought_number: 1,
        total_thoughts: 1,
      }),
      result: /"hammer"/,
    },
  },
  {
    name: 'tailwindcss',
    package: 'tailwindcss-mcp-server',
    builtWith: V1,
    transport: 'stdio',
    call: {
      tool: 'convert_css_to_tailwind',
      args: () => ({ css: '.a { display: flex; }' }),
      result: /"tailwindClasses": "flex"/,
    },
  },
  {
    name: 'hello-world-sse',
    package: 'mcp-hello-world',
    program: 'build/http.js',
    builtWith: V1,
    transport: 'sse',
    env: ({ port }) => ({ PORT: String(port) }),
    http: { path: '/sse', ready: 'Server running on' },
    call: { tool: 'add', args: () => ({ a: 19, b: 23 }), result: /sum is: 42/ },
    resource: { uri: 'hello://world', text: /Hello, World/ },
  },
  {
    name: 'git',
    package: '@cyanheads/git-mcp-server',
    builtWith: V1,
    versionMark: 'none',
    transport: 'stdio',
    call: { tool: 'git_init', args: ({ folder }) => ({ path: folder }), result: /"success": true/ },
    resource: { uri: 'git://working-directory', text: /workingDirectory/ },
  },
  {
    name: 'git-http',
    package: '@cyanheads/git-mcp-server',
    builtWith: V1,
    versionMark: 'none',
    transport: 'streamable_http',
    env: ({ port }) => ({ MCP_TRANSPORT_TYPE: 'http', MCP_HTTP_PORT: String(port) }),
    http: { path: '/mcp', ready: 'listening' },
    call: { tool: 'git_init', args: ({ folder }) => ({ path: folder }), result: /"success": true/ },
    resource: { uri: 'git://working-directory', text: /workingDirectory/ },
  },
  {
    name: 'gateway-http',
    package: 'supergateway',
    builtWith: V1,
    transport: 'streamable_http',
    args: ({ port }) => [
      ...['--stdio', `"${process.execPath}" "${installedProgram('time-mcp')}"`],
      ...['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port)],
    ],
    http: { path: '/mcp', ready: 'Listening on port' },
    call: DAYS,
  },
  { ...FIRECRAWL, name: 'firecrawl', transport: 'stdio', env: () => NO_SERVICE },
  {
    ...FIRECRAWL,
    name: 'firecrawl-http',
    transport: 'streamable_http',
    env: ({ port }) => ({ ...NO_SERVICE, HTTP_STREAMABLE_SERVER: 'true', PORT: String(port) }),
    http: { path: '/mcp', ready: 'HTTP Stream' },
  },
  {
    name: 'filesystem-v2',
    package: '@j0hanz/filesystem-mcp',
    builtWith: V2,
    transport: 'stdio',
    args: ({ folder }) => [folder],
    call: { tool: 'read', args: ({ folder }) => ({ path: `${folder}/notes.txt` }), result: /Buy milk/ },
    resource: { uri: 'internal://instructions', text: /list_roots/ },
  },
  {
    name: 'kubb',
    package: '@kubb/mcp',
    builtWith: 'tmcp',
    transport: 'stdio',
    files: { 'openapi.json': JSON.stringify(OPENAPI) },
    call: {
      tool: 'validate',
      args: ({ folder }) => ({ input: `${folder}/openapi.json` }),
      result: /Validation successful/,
    },
  },
  {
    name: 'proxy-http',
    package: 'mcp-proxy',
    builtWith: V2,
    transport: 'streamable_http',
    args: ({ port }) => proxied(port),
    http: { path: '/mcp', ready: 'starting server on port' },
    call: SUM,
    resource: DOCUMENT,
  },
  {
    name: 'proxy-sse',
    package: 'mcp-proxy',
    builtWith: V2,
    transport: 'sse',
    args: ({ port }) => ['--server', 'sse', ...proxied(port)],
    http: { path: '/sse', ready: 'starting server on port' },
    call: SUM,
    resource: DOCUMENT,
  },
  {
    name: 'time-go',
    package: 'mcp-time-linux-x64',
    program: 'bin/mcp-time',
    isNative: true,
    builtWith: 'github.com/mark3labs/mcp-go',
    versionMark: /mcp-go@v([\d.]+)/,
    transport: 'stdio',
    call: {
      tool: 'add_time',
      args: () => ({ time: '2024-02-03T00:00:00Z', duration: '36h' }),
      result: /2024-02-04T12:00:00Z/,
    },
  },
  {
    name: 'cron-go',
    package: 'mcp-cron-linux-amd64',
    program: 'bin/mcp-cron',
    isNative: true,
    builtWith: 'github.com/modelcontextprotocol/go-sdk',
    versionMark: /go-sdk@v([\d.]+)/,
    transport: 'stdio',
    args: () => ['--transport', 'stdio'],
    call: { tool: 'list_tasks', args: () => ({}), result: /^\[\]$/ },
  },
  {
    name: 'cortex-rust',
    package: '@temporal-cortex/cortex-mcp-linux-x64',
    program: 'bin/cortex-mcp',
    isNative: true,
    builtWith: 'rmcp',
    versionMark: /rmcp-([\d.]+)\//,
    transport: 'stdio',
    call: {
      tool: 'compute_duration',
      args: () => ({ start: '2024-02-03T00:00:00Z', end: '2024-02-04T12:00:00Z' }),
      result: /"total_seconds": 129600/,
    },
    resource: { uri: 'cortex://docs/rrule-reference', text: /RRULE/ },
  },
];

/** The arguments of a proxy in front of a server over stdio. */
function proxied(port: number): string[] {
  const server = installedProgram('@modelcontextprotocol/server-everything');
  return ['--host', '127.0.0.1', '--port', String(port), '--', process.execPath, server, 'stdio'];
}
