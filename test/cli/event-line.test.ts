import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { logLine, plainLine } from '../../src/cli/event-line.ts';
import type { RuntimeEvent, StateChange } from '../../src/index.ts';

const AT = { server: 'weather', epoch: 2, atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
const LOST: StateChange = {
  ...AT,
  type: 'state.changed',
  from: 'ready',
  to: 'reconnecting',
  attempt: 1,
  losses: 0,
  cause: { kind: 'process-exited', exitCode: 1, signal: null, stderr: ['out of\u001b[2J memory'] },
  retryInMs: 420,
};
const EVENTS: readonly RuntimeEvent[] = [
  LOST,
  { ...AT, type: 'state.changed', from: 'closed', to: 'connecting', attempt: 1, losses: 0 },
  { ...AT, type: 'state.changed', from: 'ready', to: 'closed', attempt: 1, losses: 0 },
  {
    ...AT,
    type: 'state.changed',
    from: 'ready',
    to: 'reconnecting',
    attempt: 1,
    losses: 0,
    cause: { kind: 'stream-ended' },
    parked: true,
  },
  {
    ...AT,
    type: 'state.changed',
    from: 'reconnecting',
    to: 'reconnecting',
    attempt: 1,
    losses: 0,
    cause: { kind: 'stream-ended' },
    held: true,
  },
  { ...AT, type: 'server.added' },
  { ...AT, type: 'server.removed' },
  { ...AT, type: 'server.restarted', cause: { kind: 'crashed', message: 'x' }, restarts: 2 },
  { ...AT, type: 'server.escalated', cause: { kind: 'crashed', message: 'x' } },
  { ...AT, type: 'heartbeat.missed', missed: 1 },
  { ...AT, type: 'heartbeat.disabled' },
  { ...AT, type: 'release.failed', resource: 'transport', reason: 'timed-out' },
  { ...AT, type: 'catalog.changed', list: 'tools', added: ['a\n\u001b[2J'], removed: ['b'], changed: ['c'] },
  {
    ...AT,
    type: 'session.restored',
    loggingLevel: 'warning',
    subscriptions: ['file:///a'],
    failed: [{ what: 'subscription', uri: 'file:///b', reason: 'refused' }],
  },
  { ...AT, type: 'resource.updated', uri: 'file:///a' },
  { ...AT, type: 'resource.updated', uri: 'file:///a', missed: true },
  { ...AT, type: 'log.received', level: 'error', logger: 'db', data: { code: 7 } },
  { ...AT, type: 'elicitation.failed', reason: 'timed-out' },
  { ...AT, type: 'result.unchecked', tool: 'add', reason: 'too-costly' },
  { ...AT, type: 'elicitation.completed', elicitationId: 'e1' },
  { ...AT, type: 'sampling.failed', reason: 'flooded' },
  { ...AT, type: 'call.retried', method: 'tools/list', attempt: 1, outcome: 'not-sent', delayMs: 40 },
  {
    type: 'listener.failed',
    server: undefined,
    epoch: undefined,
    atMs: AT.atMs,
    event: 'state.changed',
    error: 'TypeError',
  },
  { type: 'world.frozen', server: undefined, epoch: undefined, atMs: AT.atMs, reason: 'network-lost' },
  {
    type: 'world.thawed',
    server: undefined,
    epoch: undefined,
    atMs: AT.atMs,
    reason: 'clock-jumped',
    gapMs: 60_000,
    released: 2,
  },
  { type: 'events.dropped', server: undefined, epoch: undefined, atMs: AT.atMs, count: 3 },
];

describe('plainLine', () => {
  it('says every event in one dated line without colours', () => {
    expect(EVENTS.map(plainLine).map((line) => line.replace('2026-01-02T03:04:05.678Z ', ''))).toEqual([
      'weather ready -> reconnecting: the process exited with code 1: out of␛[2J memory; next try in 0.4 s',
      'weather closed -> connecting: epoch 2',
      'weather ready -> closed',
      'weather ready -> parked: the stream of messages ended',
      'weather reconnecting -> held: waits for the network; the stream of messages ended',
      'weather added',
      'weather removed: nothing of it is left',
      'weather restarted: the connection crashed: x (restart 2)',
      'weather escalated: it crashed too often: the connection crashed: x',
      'weather suspect: missed 1 heartbeat',
      'weather unwatched: it talks, but leaves questions for signs of life unanswered',
      'weather forced: releasing its transport took too long, so it was ended by force',
      'weather new tools: +a ␛[2J -b ~c',
      'weather session: log level warning, 1 subscription brought back; not file:///b (refused)',
      'weather updated: file:///a',
      'weather updated: file:///a, perhaps while it was away',
      'weather log: error db: {"code":7}',
      'weather no answer: a question to a person was cancelled: timed-out',
      'weather unchecked: results of add: its output schema is of no use (too-costly)',
      'weather answered: a person is done with a page',
      'weather no answer: a request for the model was refused: flooded',
      'weather retried: tools/list (not-sent), again in 40 ms',
      'mcp-supervisor listener: TypeError on state.changed',
      'mcp-supervisor no network: connections to other hosts are held until it is back',
      'mcp-supervisor released: the clock jumped by 60 s; 2 connections go on one by one',
      'mcp-supervisor dropped: 3 events',
    ]);
  });
});

describe('logLine', () => {
  it.each([30, 60, 80, 120])('fits %i columns, whatever the event', (columns) => {
    for (const event of EVENTS) {
      const line = logLine(event, { colours: picocolors.createColors(true), columns, nameColumns: 7 });

      expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(columns, 34));
      expect(line).not.toContain('\n');
    }
  });

  it('says as much of the cause as there is room for', () => {
    const line = (columns: number) =>
      logLine(LOST, { colours: picocolors.createColors(false), columns, nameColumns: 7 }).slice(9);

    expect(line(120)).toBe(
      '↻ weather  reconnecting  the process exited with code 1: out of␛[2J memory; next try in 0.4 s',
    );
    expect(line(90)).toBe('↻ weather  reconnecting  the process exited with code 1; next try in 0.4 s');
    expect(line(65)).toBe('↻ weather  reconnecting  the process exited with code 1');
    expect(line(50)).toBe('↻ weather  reconnecting  the process exi…');
  });
});
