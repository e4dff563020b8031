import { describe, expect, it } from 'vitest';
import { parseLoggingLevel, parseRoots, parseServerConfig, parseServerConfigs } from '../../../src/config/parse.ts';
import { ConfigError } from '../../../src/errors.ts';

/** What is wrong, as `path: message` lines, and the text of the error, to look for values in. */
function issuesOf(parse: () => unknown): string[] {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map((issue) => `${issue.path}: ${issue.message}`);
  }
  return [];
}

const stdio = { name: 'weather', transport: 'stdio', command: 'node' };
const http = { name: 'wiki', transport: 'streamable_http', url: 'https://wiki.example/mcp' };

describe('parseServerConfig', () => {
  it.each([
    stdio,
    http,
    { name: 'old', transport: 'sse', url: 'http://127.0.0.1:3001/sse', sseReadTimeoutMs: 1_000 },
    { ...stdio, roots: [{ uri: 'file:///a' }, { uri: 'file:///b', name: 'b' }], loggingLevel: 'warning' },
    { ...stdio, args: ['a.js'], env: { KEY: 'x' }, heartbeat: false, backoff: { baseMs: 1 }, restart: 'temporary' },
  ])('accepts %j', (config) => {
    expect(parseServerConfig(config)).toEqual(config);
  });

  it('returns a frozen copy that later changes of the input do not reach', () => {
    const input = { ...stdio, args: ['a.js'], env: { KEY: 'x' }, heartbeat: { misses: 3 } };
    const config = parseServerConfig(input);

    input.args.push('b.js');
    input.env.KEY = 'y';
    input.heartbeat.misses = 9;

    expect(config).toEqual({ ...stdio, args: ['a.js'], env: { KEY: 'x' }, heartbeat: { misses: 3 } });
    for (const part of [config, ...Object.values(config)]) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(input.args)).toBe(false);
  });

  it('names every bad field in one error, with the server it is about', () => {
    const bad = {
      ...stdio,
      args: ['ok', 5],
      callTimeoutMs: 0.5,
      maxQueued: -1,
      restart: 'always',
      env: { KEY: undefined },
    };

    expect(issuesOf(() => parseServerConfig(bad))).toEqual([
      'restart: must be "permanent", "transient", "temporary"',
      'callTimeoutMs: must be a whole number of milliseconds',
      'maxQueued: must be at least 0',
      'args[1]: must be a string',
      'env.KEY: is undefined; give it a value or leave it out',
    ]);
    expect(() => parseServerConfig(bad)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', server: 'weather' }),
    );
  });

  it('takes a function as it is', () => {
    const connect = () => {};

    expect(parseServerConfig({ name: 'x', transport: 'in_process', connect })).toEqual({
      name: 'x',
      transport: 'in_process',
      connect: expect.toSatisfy((taken) => taken === connect),
    });
  });

  it.each([
    [undefined, 'config: must be an object'],
    [null, 'config: must be an object'],
    [[stdio], 'config: must be an object'],
    ['weather', 'config: must be an object'],
  ])('refuses %j, which is no configuration', (input, line) => {
    expect(issuesOf(() => parseServerConfig(input))).toEqual([line]);
  });

  it.each<[string, object, string[]]>([
    [
      'an unknown transport',
      { ...http, transport: 'websocket' },
      ['transport: must be "stdio", "sse", "streamable_http" or "in_process"'],
    ],
    [
      'no transport',
      { name: 'x' },
      ['transport: is missing; it must be "stdio", "sse", "streamable_http" or "in_process"'],
    ],
    ['no command', { name: 'x', transport: 'stdio' }, ['command: is missing; a stdio server is started by it']],
    ['no function', { name: 'x', transport: 'in_process' }, ['connect: must be a function that gives a transport']],
    [
      'a transport instead of a function',
      { name: 'x', transport: 'in_process', connect: {} },
      ['connect: must be a function that gives a transport'],
    ],
    [
      'a function without a transport',
      { name: 'x', connect: () => {}, command: 'node' },
      [
        'transport: is missing; it must be "stdio", "sse", "streamable_http" or "in_process"',
        'connect: does not belong to a stdio server, only to in_process',
      ],
    ],
    [
      'a URL in the same process',
      { name: 'x', transport: 'in_process', connect: () => {}, url: 'http://a.example' },
      ['url: does not belong to an in_process server, only to sse and streamable_http'],
    ],
    ['an empty command', { ...stdio, command: '' }, ['command: must not be empty']],
    ['no url', { name: 'x', transport: 'sse' }, ['url: is missing; a sse server is reached by it']],
    ['a file URL', { ...http, url: 'file:///etc/passwd' }, ['url: must be an http or https URL']],
    ['no URL at all', { ...http, url: 'wiki.example/mcp' }, ['url: must be an http or https URL']],
    [
      'a field of another transport',
      { ...http, args: [] },
      ['args: does not belong to a streamable_http server, only to stdio'],
    ],
    [
      'itself as dependency',
      { ...stdio, dependsOn: ['a', 'weather'] },
      ['dependsOn[1]: must not be the server itself'],
    ],
    ['a heartbeat of another type', { ...stdio, heartbeat: 'often' }, ['heartbeat: must be false or an object']],
    ['an unknown field inside', { ...stdio, backoff: { jitter: 1 } }, ['backoff.jitter: is not a field of backoff']],
    ['an unknown limit', { ...stdio, limits: { maxToolz: 1 } }, ['limits.maxToolz: is not a field of limits']],
    ['a limit of none', { ...http, limits: { maxPages: 0 } }, ['limits.maxPages: must be at least 1']],
    ['half a byte', { ...stdio, limits: { maxMessageBytes: 1.5 } }, ['limits.maxMessageBytes: must be a whole number']],
    ['a timer overflow', { ...stdio, withinMs: 2 ** 31 }, ['withinMs: must be at most 2147483647']],
    [
      'a header twice',
      { ...http, headers: { accept: 'a', Accept: 'b' } },
      ['headers.Accept: is given twice; header names ignore case'],
    ],
    ['headers that are neither', { ...http, headers: 'x' }, ['headers: must be an object or a function']],
    ['a header of another type', { ...http, headers: { a: 5 } }, ['headers.a: must be a string']],
    ['a name of blanks', { ...stdio, name: '  ' }, ['name: must be 1 to 128 visible characters']],
  ])('explains %s', (_, input, lines) => {
    expect(issuesOf(() => parseServerConfig(input))).toEqual(lines);
  });

  it.each([
    ['timeout', 'connectTimeoutMs', ' (in milliseconds)'],
    ['sse_read_timeout', 'sseReadTimeoutMs', ' (in milliseconds)'],
    ['type', 'transport', ''],
    ['connect_timeout', 'connectTimeoutMs', ' (in milliseconds)'],
    ['heartBeats', 'heartbeat', ''],
    ['header', 'headers', ''],
  ])('suggests for the unknown field %s the field %s', (field, suggestion, unit) => {
    const input = { name: 'x', transport: 'sse', url: 'http://a.example/sse', [field]: 5 };

    expect(issuesOf(() => parseServerConfig(input))).toEqual([
      `${field}: is not a known field; did you mean '${suggestion}'${unit}?`,
    ]);
  });

  it('suggests nothing for a name that resembles none', () => {
    expect(issuesOf(() => parseServerConfig({ ...stdio, xyzzy: 1 }))).toEqual(['xyzzy: is not a known field']);
  });

  it('still names the other bad fields when the transport is missing or called type', () => {
    expect(issuesOf(() => parseServerConfig({ name: 'x', type: 'stdio', command: 'node', args: 'a.js' }))).toEqual([
      'transport: is missing; it must be "stdio", "sse", "streamable_http" or "in_process"',
      'args: must be an array',
      "type: is not a known field; did you mean 'transport'?",
    ]);
  });

  it.each([
    [{ baseMs: 10, maxMs: 5 }, 'backoff.maxMs: must be at least baseMs'],
    [{ maxMs: 5 }, 'backoff.maxMs: must be at least baseMs, which is 500 by default'],
    [{ baseMs: 40_000 }, 'backoff.baseMs: must be at most maxMs, which is 30000 by default'],
  ])('refuses the backoff %j, whose cap lies below its base', (backoff, line) => {
    expect(issuesOf(() => parseServerConfig({ ...stdio, backoff }))).toEqual([line]);
  });

  it('never quotes a value, wherever it stands', () => {
    const canary = 'canary-5f3a9c';
    const inputs = [
      { ...stdio, env: { KEY: `${canary}\0` }, args: [`${canary}\0`], cwd: 7, restart: canary },
      {
        ...http,
        headers: { 'X-Key': `${canary}\u2026`, [`Authorization: Bearer ${canary}`]: '' },
        url: `ftp://${canary}`,
      },
      { ...http, transport: canary, name: `\n${canary}` },
      { ...stdio, heartbeat: canary, backoff: canary, dependsOn: [[canary]] },
      canary,
    ];

    for (const input of inputs) {
      const lines = issuesOf(() => parseServerConfig(input));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join('\n')).not.toContain(canary);
    }
  });

  it('turns an input that throws when it is read into a ConfigError without what it threw', () => {
    const input = { ...stdio };
    Object.defineProperty(input, 'env', {
      enumerable: true,
      get: () => {
        throw new Error('canary');
      },
    });

    expect(issuesOf(() => parseServerConfig(input))).toEqual(['config: could not be read']);
  });
});

describe('parseServerConfigs', () => {
  it('keeps the order and returns frozen copies', () => {
    const configs = parseServerConfigs([http, stdio]);

    expect(configs).toEqual([http, stdio]);
    expect(configs.every((config) => Object.isFrozen(config))).toBe(true);
  });

  it('names the bad fields of all servers, by name or else by place', () => {
    expect(issuesOf(() => parseServerConfigs([{ ...stdio, args: [1] }, http, { ...stdio, name: 3 }, null]))).toEqual([
      'servers.weather.args[0]: must be a string',
      'servers[2].name: must be a string',
      'servers[3]: must be an object',
    ]);
  });

  it('refuses a second server of the same name', () => {
    expect(issuesOf(() => parseServerConfigs([stdio, { ...http, name: 'weather' }]))).toEqual([
      'servers.weather.name: is the name of an earlier server',
    ]);
  });

  it('finds a cycle among the servers and lets a dependency on others pass', () => {
    const needs = (name: string, ...dependsOn: string[]) => ({ ...stdio, name, dependsOn });

    expect(parseServerConfigs([needs('a', 'elsewhere'), needs('b', 'a')])).toHaveLength(2);
    expect(
      issuesOf(() => parseServerConfigs([needs('a', 'c'), needs('b', 'a'), needs('c', 'b'), needs('d', 'a')])),
    ).toEqual(["servers.a.dependsOn: the servers wait for each other: 'a' -> 'c' -> 'b' -> 'a'"]);
  });

  it('refuses what is not an array', () => {
    expect(issuesOf(() => parseServerConfigs({ 0: stdio }))).toEqual(['servers: must be an array']);
  });

  it('quotes odd names in paths so that they stay one visible line', () => {
    expect(issuesOf(() => parseServerConfigs([{ ...stdio, name: 'my server', cwd: 1 }]))).toEqual([
      "servers['my server'].cwd: must be a string",
    ]);
  });
});

describe('what is declared later', () => {
  it('is checked like a configuration, and frozen', () => {
    const roots = parseRoots([{ uri: 'file:///a', name: 'a' }], 'weather');

    expect(roots).toEqual([{ uri: 'file:///a', name: 'a' }]);
    expect([roots, roots[0]].map(Object.isFrozen)).toEqual([true, true]);
    expect(parseLoggingLevel('emergency', 'weather')).toBe('emergency');
  });

  it('is refused with every bad field, and without its value', () => {
    const roots = [{ uri: 'https://canary' }, { uri: 'file:///a', path: 'canary' }, { name: 'canary' }];

    expect(issuesOf(() => parseRoots(roots, 'weather'))).toEqual([
      'roots[0].uri: must be a file:// URI',
      'roots[1].path: is not a field of roots[1]',
      'roots[2].uri: is undefined; give it a value or leave it out',
    ]);
    expect(issuesOf(() => parseRoots('canary', 'weather'))).toEqual(['roots: must be an array']);
    expect(issuesOf(() => parseLoggingLevel('canary', 'weather'))).toEqual([
      'loggingLevel: must be "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"',
    ]);
  });
});
