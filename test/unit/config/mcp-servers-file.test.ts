import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadServers } from '../../../src/config/load-servers.ts';
import { ConfigError } from '../../../src/errors.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-servers-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

let files = 0;

async function fileOf(content: unknown): Promise<string> {
  files += 1;
  const file = join(directory, `${files}.json`);
  await writeFile(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

async function load(content: unknown, env: Record<string, string | undefined> = {}) {
  return loadServers(await fileOf(content), { env });
}

/** The one server that an entry becomes. */
async function loadOne(entry: object, env?: Record<string, string | undefined>) {
  return (await load({ mcpServers: { weather: entry } }, env))[0];
}

/** What is wrong, as `path: message` lines; the path of the file itself is left out. */
async function issuesOf(loading: Promise<unknown>): Promise<string[]> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error('expected a ConfigError', { cause: error });
  return error.issues.map((issue) => `${issue.path.replace(/^.*\d+\.json/, '')}: ${issue.message}`);
}

const issuesOfEntry = (entry: object, env?: Record<string, string | undefined>) =>
  issuesOf(load({ mcpServers: { weather: entry } }, env));

describe('loadServers: the shapes of files', () => {
  it('reads what Claude Desktop and Cursor keep, in the order of the file', async () => {
    const file = {
      globalShortcut: 'x',
      mcpServers: {
        files: { command: 'npx', args: ['-y', 'server-files', '/srv'], env: { LEVEL: 'debug' } },
        wiki: { url: 'https://wiki.example/mcp', headers: { Authorization: 'Bearer x' } },
      },
    };

    expect(await load(file)).toEqual([
      {
        name: 'files',
        transport: 'stdio',
        command: 'npx',
        args: ['-y', 'server-files', '/srv'],
        env: { LEVEL: 'debug' },
      },
      {
        name: 'wiki',
        transport: 'streamable_http',
        url: 'https://wiki.example/mcp',
        headers: { Authorization: 'Bearer x' },
      },
    ]);
  });

  it('reads what VS Code keeps, with comments, trailing commas and a byte order mark', async () => {
    const file = `\ufeff{
      // the weather
      "servers": {
        "weather": { "type": "http", "url": "https://a.example/mcp" /* remote */, },
      },
      "inputs": [],
    }`;

    expect(await load(file)).toEqual([{ name: 'weather', transport: 'streamable_http', url: 'https://a.example/mcp' }]);
    expect(await load({ mcp: { servers: { a: { command: 'node' } } } })).toHaveLength(1);
  });

  it('takes a file URL', async () => {
    const file = await fileOf({ mcpServers: { a: { command: 'node' } } });

    expect(await loadServers(pathToFileURL(file), { env: {} })).toHaveLength(1);
  });

  it.each([
    [{ type: 'stdio', command: 'node' }, 'stdio'],
    [{ command: 'node' }, 'stdio'],
    [{ url: 'https://a.example/mcp' }, 'streamable_http'],
    [{ url: 'https://a.example/sse' }, 'sse'],
    [{ url: 'https://a.example/sse/?k=v' }, 'sse'],
    [{ url: 'https://a.example/assess' }, 'streamable_http'],
    [{ type: 'sse', url: 'https://a.example/mcp' }, 'sse'],
    [{ type: 'http', url: 'https://a.example/sse' }, 'streamable_http'],
    [{ type: 'streamable-http', url: 'https://a.example/' }, 'streamable_http'],
    [{ transport: 'streamable_http', url: 'https://a.example/' }, 'streamable_http'],
    [{ type: 'streamableHttp', url: 'https://a.example/' }, 'streamable_http'],
    [{ serverUrl: 'https://a.example/sse' }, 'sse'],
    [{ httpUrl: 'https://a.example/sse' }, 'streamable_http'],
  ])('infers from %j the transport %s', async (entry, transport) => {
    expect(await loadOne(entry)).toMatchObject({ name: 'weather', transport });
  });

  it('accepts all our own fields and passes over what only editors need', async () => {
    const own = {
      command: 'node',
      restart: 'permanent',
      heartbeat: false,
      dependsOn: ['x'],
      callTimeoutMs: 5,
      name: 'weather',
    };
    const foreign = {
      autoApprove: ['a'],
      alwaysAllow: [],
      description: 'd',
      icon: 'i',
      gallery: true,
      dev: { watch: 'x' },
    };

    expect(await loadOne({ ...own, ...foreign })).toEqual({ ...own, transport: 'stdio' });
  });

  it('leaves out what is switched off, whatever else is wrong with it', async () => {
    const servers = {
      a: { disabled: true, command: '${NOPE}', timeout: 5 },
      b: { enabled: false },
      c: { disabled: false, command: 'node' },
    };

    expect((await load({ mcpServers: servers })).map((config) => config.name)).toEqual(['c']);
    expect(await issuesOfEntry({ disabled: 'yes', command: 'node' })).toEqual([
      'mcpServers.weather.disabled: must be true or false',
    ]);
  });
});

describe('loadServers: variables', () => {
  const env = { TOKEN: 'hunter2', HOST: 'a.example', EMPTY: '', UNDEFINED: undefined };

  it('expands variables in every string, at every depth', async () => {
    const entry = {
      command: '${HOST}/bin',
      args: ['--token=${TOKEN}', '${env:TOKEN}', 'x${TOKEN}y${HOST}z'],
      env: { KEY: 'Bearer ${TOKEN}' },
      cwd: '${NOPE:-/srv}',
    };

    expect(await loadOne(entry, env)).toMatchObject({
      command: 'a.example/bin',
      args: ['--token=hunter2', 'hunter2', 'xhunter2ya.examplez'],
      env: { KEY: 'Bearer hunter2' },
      cwd: '/srv',
    });
  });

  it('infers the transport from the expanded URL', async () => {
    expect(await loadOne({ url: '${URL}' }, { URL: 'https://a.example/sse' })).toMatchObject({ transport: 'sse' });
  });

  it.each([
    ['${EMPTY}', ''],
    ['${EMPTY:-d}', 'd'],
    ['${UNDEFINED:-d}', 'd'],
    ['${NOPE:-}', ''],
    ['${NOPE:-a:-b}', 'a:-b'],
    ['$TOKEN {TOKEN} $', '$TOKEN {TOKEN} $'],
    ['$${TOKEN}', '${TOKEN}'],
    ['${TOKEN}', 'hunter2'],
  ])('expands %s to %j', async (text, expected) => {
    expect(await loadOne({ command: 'node', args: [text] }, env)).toMatchObject({ args: [expected] });
  });

  it('does not expand what a variable holds', async () => {
    expect(await loadOne({ command: 'node', args: ['${A}'] }, { A: '${B}', B: 'b' })).toMatchObject({ args: ['${B}'] });
  });

  it('names each missing variable with its field and expands no part of that string', async () => {
    const entry = { command: 'node', args: ['${TOKEN}-${NOPE}-${NOPE}'], env: { A: '${UNDEFINED}${GONE}' } };

    expect(await issuesOfEntry(entry, env)).toEqual([
      'mcpServers.weather.args[0]: needs the variable NOPE, which is not set and has no default',
      'mcpServers.weather.env.A: needs the variable UNDEFINED, which is not set and has no default',
      'mcpServers.weather.env.A: needs the variable GONE, which is not set and has no default',
    ]);
  });

  it.each([
    ['${input:api-key}', 'uses ${input}, which only an editor can fill in; use a variable'],
    ['${workspaceFolder}/x', 'uses ${workspaceFolder}, which only an editor can fill in; use a variable'],
    ['${a b}', 'has a ${…} that is not ${VAR}, ${VAR:-default} or ${env:VAR}'],
    ['${TOKEN', 'has a ${ that is nested or not closed'],
    ['${NOPE:-${TOKEN}}', 'has a ${ that is nested or not closed'],
    ['${__proto__}', 'needs the variable __proto__, which is not set and has no default'],
  ])('explains %s', async (text, message) => {
    expect(await issuesOfEntry({ command: 'node', cwd: text }, env)).toEqual([`mcpServers.weather.cwd: ${message}`]);
  });

  it('reads the environment of the process only when none is given, and never writes to it', async () => {
    const file = await fileOf({ mcpServers: { a: { command: 'node', args: ['${PATH}'] } } });
    const before = { ...process.env };

    expect(await loadServers(file)).toMatchObject([{ args: [process.env['PATH']] }]);
    expect(await issuesOf(loadServers(file, { env: {} }))).toHaveLength(1);
    expect({ ...process.env }).toEqual(before);
  });

  it('reads an envFile relative to the file; env wins', async () => {
    await writeFile(join(directory, 'weather.env'), 'KEY=from-file\nOTHER="two words"\n# comment\n');

    expect(
      await loadOne({ command: 'node', envFile: '${NAME}.env', env: { KEY: 'own' } }, { NAME: 'weather' }),
    ).toEqual({
      name: 'weather',
      transport: 'stdio',
      command: 'node',
      env: { KEY: 'own', OTHER: 'two words' },
    });
    expect(await issuesOfEntry({ command: 'node', envFile: 'gone.env' })).toEqual([
      'mcpServers.weather.envFile: names a file that does not exist',
    ]);
  });
});

describe('loadServers: what is wrong with an entry', () => {
  it.each<[object, string[]]>([
    [{}, ['mcpServers.weather: needs a command (stdio) or a url (http, sse)']],
    [
      { command: 'node', url: 'https://a.example/' },
      ['mcpServers.weather: has a command and a url; keep one of them, or say which with type'],
    ],
    [
      { command: 'node', timeout: 30 },
      [
        "mcpServers.weather.timeout: differs between clients in meaning and unit; use 'connectTimeoutMs' or 'callTimeoutMs' (in milliseconds)",
      ],
    ],
    [
      { command: 'node', disabledTools: [] },
      ['mcpServers.weather.disabledTools: is not supported: filter the tools where you hand them to your agent'],
    ],
    [{ command: 'node', sse_read_timeout: 5 }, ['mcpServers.weather.sse_read_timeout: is not a known field']],
    [
      { url: 'https://a.example/', sse_read_timeout: 5 },
      ["mcpServers.weather.sse_read_timeout: is not a known field; did you mean 'sseReadTimeoutMs' (in milliseconds)?"],
    ],
    [
      { command: 'node', environment: {} },
      ["mcpServers.weather.environment: is not a known field; did you mean 'env'?"],
    ],
    [
      { type: 'http', transport: 'sse', url: 'https://a.example/' },
      ['mcpServers.weather.type: must agree with transport'],
    ],
    [
      { url: 'https://a.example/', serverUrl: 'https://b.example/' },
      ['mcpServers.weather.serverUrl: must not be given together with url'],
    ],
    [{ command: 'node', name: 'other' }, ['mcpServers.weather.name: must be the key of the entry']],
    [{ command: 'node', env: { PORT: 3000 } }, ['mcpServers.weather.env.PORT: must be a string']],
    [{ command: ['node', 'a.js'] }, ['mcpServers.weather.command: must be a string']],
  ])('explains %j', async (entry, lines) => {
    expect(await issuesOfEntry(entry)).toEqual(lines);
  });

  it('names an unknown type and what else is wrong', async () => {
    expect(await issuesOfEntry({ type: 'ws', url: 'ws://a.example/' })).toEqual([
      'mcpServers.weather.type: must be stdio, sse, http or streamable-http',
      'mcpServers.weather.url: must be an http or https URL',
    ]);
  });

  it.each([
    [{ type: 'sdk' }, 'type'],
    [{ type: 'sdk', name: 'weather' }, 'type'],
    [{ transport: 'in_process' }, 'transport'],
    [{ transport: 'in-process' }, 'transport'],
    [{ command: 'node', connect: './server.js' }, 'connect'],
  ])('says that %j, a server in the same process, is in no file', async (entry, field) => {
    expect(await issuesOfEntry(entry)).toEqual([
      `mcpServers.weather.${field}: needs a function, which a file cannot hold: add such a server with addServer`,
    ]);
  });

  it('collects the issues of all entries, those about the whole file included', async () => {
    const servers = {
      a: { command: 'node', dependsOn: ['b'] },
      b: { command: 'node', dependsOn: ['a'] },
      c: 5,
      d: { command: '' },
    };

    expect(await issuesOf(load({ servers }))).toEqual([
      'servers.c: must be an object',
      'servers.d.command: must not be empty',
      "servers.a.dependsOn: the servers wait for each other: 'a' -> 'b' -> 'a'",
    ]);
  });

  it('never quotes a value', async () => {
    const canary = 'canary-5f3a9c';
    const lines = await issuesOfEntry(
      { command: [canary], type: canary, env: { A: `${canary}\0`, B: `${canary}\${NOPE}` }, cwd: '${K}\0' },
      { K: canary },
    );

    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('\n')).not.toContain(canary);
  });
});

describe('loadServers: what is wrong with the file', () => {
  it('says that it does not exist', async () => {
    const file = join(directory, 'gone.json');

    await expect(loadServers(file, { env: {} })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      issues: [{ path: file, message: 'does not exist' }],
    });
  });

  it('says that it is no regular file', async () => {
    await mkdir(join(directory, '0.json'), { recursive: true });

    expect(await issuesOf(loadServers(join(directory, '0.json'), { env: {} }))).toEqual([': is not a regular file']);
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not be read', async () => {
    const file = await fileOf({ mcpServers: {} });
    await chmod(file, 0o000);

    expect(await issuesOf(loadServers(file, { env: {} }))).toEqual([': may not be read by this user']);
  });

  it('reads a file of exactly 1 MiB and refuses a larger one', async () => {
    const text = '{"mcpServers":{}}';
    const full = text.padEnd(1024 * 1024, ' ');

    expect(await load(full)).toEqual([]);
    expect(await issuesOf(load(`${full} `))).toEqual([': is larger than 1 MiB']);
  });

  it('says that it is not UTF-8', async () => {
    expect(await issuesOf(load(Buffer.from([0x7b, 0xff, 0x7d])))).toEqual([': is not UTF-8 text']);
  });

  it.each([
    ['', ':1:1: a value is missing'],
    ['{"mcpServers": {\n  "a": {"command": "node" "args": []}\n}}', ':2:27: a comma is missing'],
    ['{"mcpServers":\r\n{', ':2:2: a closing brace is missing'],
    ["{'mcpServers': 1}", ':1:2: something is neither a string in double quotes, a number, true, false nor null'],
    ['{"a": 1} x', ':1:10: something is neither a string in double quotes, a number, true, false nor null'],
  ])('says for %j where it is not JSON', async (content, line) => {
    expect((await issuesOf(load(content)))[0]).toBe(line);
  });

  it('says where a name is given twice', async () => {
    expect(await issuesOf(load('{"mcpServers": {\n "a": {"command": "x"},\n "a": {"command": "y"}}}'))).toEqual([
      ':3:2: mcpServers.a is given twice',
    ]);
  });

  it('says that it is nested too deeply', async () => {
    expect(await issuesOf(load('['.repeat(200_000)))).toEqual([': is nested too deeply']);
  });

  it.each<[unknown, string]>([
    [[], ": must be an object with 'mcpServers' (or 'servers', as VS Code has it)"],
    [{ other: {} }, ": must be an object with 'mcpServers' (or 'servers', as VS Code has it)"],
    [{ mcpServers: [] }, 'mcpServers: must be an object of servers by name'],
    [{ mcpServers: {}, servers: {} }, "servers: must not stand beside 'mcpServers'"],
  ])('says that %j has the wrong shape', async (content, line) => {
    expect(await issuesOf(load(content))).toEqual([line]);
  });
});
