import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { effectiveConfig } from '../../../src/config/effective.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { parseServerConfig } from '../../../src/config/parse.ts';

const stdio = { name: 'weather', transport: 'stdio', command: 'node' };

const planOf = (fields: object) => effectiveConfig(parseServerConfig({ ...stdio, ...fields }));

describe('effectiveConfig', () => {
  it('resolves a bare configuration to the defaults', () => {
    expect(planOf({})).toEqual({
      name: 'weather',
      dependsOn: [],
      priority: 0,
      remote: false,
      restart: 'transient',
      maxRestarts: DEFAULTS.maxRestarts,
      withinMs: DEFAULTS.withinMs,
      connectTimeoutMs: 30_000,
      callTimeoutMs: 60_000,
      maxQueued: 1_000,
      backoff: { baseMs: 500, factor: 2, maxMs: 30_000, retryAfterMaxMs: 3_600_000 },
      heartbeat: { intervalMs: 15_000, probeAfterMs: 5_000, timeoutMs: 5_000, misses: 2, busyMisses: 3 },
      stableAfterMs: 30_000,
      maxConcurrent: Number.POSITIVE_INFINITY,
      trusted: false,
      checkResults: true,
      parkAfterAttempts: 20,
      parkedProbeMs: 300_000,
      releaseTimeoutMs: 8_000,
      limits: limitsOf({}),
    });
  });

  it('gives each transport its own time to connect', () => {
    const connectTimeoutMs = (transport: string) =>
      effectiveConfig(parseServerConfig({ name: 'x', transport, url: 'http://a.example/' })).connectTimeoutMs;

    expect(connectTimeoutMs('sse')).toBe(5_000);
    expect(connectTimeoutMs('streamable_http')).toBe(30_000);
  });

  it('takes a server in the same process for a local one, and nothing of its function', () => {
    const plan = effectiveConfig(parseServerConfig({ name: 'x', transport: 'in_process', connect: () => {} }));

    expect(plan).toMatchObject({ remote: false, connectTimeoutMs: 30_000, releaseTimeoutMs: 8_000 });
    expect(() => structuredClone(plan)).not.toThrow();
  });

  it.each([
    ['http://example.com/mcp', true],
    ['http://10.0.0.7:8080/mcp', true],
    ['http://[fe80::1]/mcp', true],
    ['http://localhost.example.com/mcp', true],
    ['http://127.0.0.1:8080/mcp', false],
    ['http://127.1/mcp', false],
    ['http://localhost/mcp', false],
    ['http://tools.localhost./mcp', false],
    ['http://[::1]:8080/mcp', false],
    ['http://0.0.0.0:8080/mcp', false],
  ])('knows whether %s is reached over a network: %s', (url, remote) => {
    expect(effectiveConfig(parseServerConfig({ name: 'x', transport: 'sse', url })).remote).toBe(remote);
  });

  it('lets what is configured win, field by field', () => {
    const plan = planOf({
      connectTimeoutMs: 1,
      heartbeat: { misses: 9 },
      backoff: { factor: 3 },
      limits: { maxListEntries: 7, retryAfterMaxMs: 9 },
      maxQueued: 0,
      maxRestarts: 0,
    });

    expect(plan).toMatchObject({
      connectTimeoutMs: 1,
      heartbeat: { intervalMs: 15_000, probeAfterMs: 5_000, timeoutMs: 5_000, misses: 9, busyMisses: 9 },
      backoff: { baseMs: 500, factor: 3, maxMs: 30_000, retryAfterMaxMs: 9 },
      limits: { maxListEntries: 7, maxPages: DEFAULTS.maxPages },
      maxQueued: 0,
      maxRestarts: 0,
    });
    expect(planOf({ heartbeat: false }).heartbeat).toBe(false);
  });

  it('never cuts the polite end of a process or a session short', () => {
    expect(planOf({ releaseTimeoutMs: 1 }).releaseTimeoutMs).toBe(5_000);
    expect(planOf({ stdinGraceMs: 20_000, termGraceMs: 10_000 }).releaseTimeoutMs).toBe(31_000);
    expect(planOf({ releaseTimeoutMs: 60_000 }).releaseTimeoutMs).toBe(60_000);
    expect(planOf({ stdinGraceMs: 2_147_483_647 }).releaseTimeoutMs).toBe(2_147_483_647);
    const session = {
      name: 'x',
      transport: 'streamable_http',
      url: 'http://a.example/',
      releaseTimeoutMs: 1,
      terminateTimeoutMs: 7_000,
    };
    expect(effectiveConfig(parseServerConfig(session)).releaseTimeoutMs).toBe(8_000);
  });

  it('holds nothing that is secret, and is data that can be cloned', () => {
    const canary = 'canary-5f3a9c';
    const plan = planOf({ command: canary, args: [canary], env: { KEY: canary }, cwd: canary });

    expect(JSON.stringify(plan)).not.toContain(canary);
    expect(structuredClone(plan)).toEqual(plan);
  });
});
