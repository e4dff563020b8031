import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { ServerRow, TableLayout } from '../../src/cli/server-block.ts';
import { tableLines } from '../../src/cli/server-table.ts';
import type { Fault, ServerInfo } from '../../src/index.ts';

const NOW_MS = 1_000_000;
const EXITED: Fault = { kind: 'process-exited', exitCode: 3, signal: null, stderr: ['first', 'no licence \u001b[2J'] };

function row(name: string, info: Partial<ServerInfo> = {}): ServerRow {
  const base: ServerInfo = {
    name,
    config: { name, transport: 'stdio', command: 'node' },
    endpoint: 'node (2 args)',
    state: 'ready',
    parked: false,
    held: false,
    epoch: 1,
    attempt: 1,
    losses: 0,
    waitingFor: [],
    tools: [],
    queued: 0,
    inFlight: 0,
  };
  return { info: { ...base, ...info }, sinceMs: NOW_MS - 12_000 };
}

function layout(columns: number, isColoured = false): TableLayout {
  return { colours: picocolors.createColors(isColoured), columns, nameColumns: 12, nowMs: NOW_MS };
}

const ROWS: readonly ServerRow[] = [
  row('everything', { pid: 4711 }),
  row('files', { state: 'reconnecting', attempt: 2, retryAtMs: NOW_MS + 2_100, cause: EXITED }),
  row('missing', { state: 'closed', cause: { kind: 'command-not-found', command: 'nonesuch' } }),
  row('later', { state: 'connecting', epoch: 0, waitingFor: ['files'] }),
  row('lost', { state: 'reconnecting', parked: true, cause: { kind: 'unauthorized', status: 401 } }),
  row('天気予報サーバーの名前', { pid: 1 }),
];

describe('the table', () => {
  it('says of each server its state, what is next, and below it why it is not ready', () => {
    expect(tableLines(ROWS.slice(0, 5), layout(80), 40)).toEqual([
      '  SERVER       VIA   STATE        EPOCH TOOLS  SINCE',
      '● everything   stdio ready            1     0    12s pid 4711',
      '↻ files        stdio reconnecting     1     -    12s next try in 2.1 s',
      '    the process exited with code 3',
      '    stderr: no licence ␛[2J',
      '✗ missing      stdio closed           1     -    12s given up',
      '    command not found: nonesuch',
      '    hint: install it, or give its full path as "command"',
      '· later        stdio waiting          -     -    12s waits for files',
      '■ lost         stdio parked           1     -    12s tried every 5 min',
      '    the server wants credentials (HTTP 401)',
      '    hint: give credentials in "headers" ("Authorization": "Bearer ${TOKEN}")',
    ]);
  });

  it.each([30, 40, 60, 80, 100, 120, 200])('takes no more than the %i columns there are', (columns) => {
    for (const line of tableLines(ROWS, layout(columns, true), 40)) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('aligns names of any script', () => {
    const [, first, , last] = tableLines([...ROWS.slice(0, 1), ...ROWS.slice(3)], layout(80), 40);
    const before = (line: string | undefined, word: string): number =>
      stringWidth(line?.slice(0, line.indexOf(word)) ?? '');

    expect(before(last, 'stdio')).toBe(before(first, 'stdio'));
  });

  it('gives up explanations, then ready servers, where the height does not suffice', () => {
    const many = [...Array.from({ length: 20 }, (_, index) => row(`ready-${index}`)), ...ROWS.slice(1, 3)];

    const lines = tableLines(many, layout(80), 10);

    expect(lines).toHaveLength(10);
    expect(lines.join('\n')).toMatch(/files.*\n.*missing/);
    expect(lines.at(-1)).toBe('  … and 14 more, all ready');
    expect(tableLines(ROWS, layout(80), 9)).toHaveLength(9);
  });

  it('uses no colour where there is none', () => {
    const lines = tableLines(ROWS, layout(120), 40).join('\n');

    expect(lines).not.toContain('\u001b');
  });
});
