/** The table of faults that the tests play, as a page shows it: what happens, and what a caller sees of it. */

import type { TransportKind } from '../../src/index.ts';
import { GROUPS } from '../../test/faults/table/groups.ts';
import {
  type Ending,
  type FaultRow,
  isPlayed,
  type PlayedFault,
  type Sees,
  seenOn,
} from '../../test/faults/table/row.ts';
import { inlineCode, markdownTable } from './markdown-table.ts';

/** What a page calls each transport. */
export const TRANSPORT_NAMES: Readonly<Record<TransportKind, string>> = {
  stdio: 'stdio',
  sse: 'HTTP+SSE',
  streamable_http: 'Streamable HTTP',
  in_process: 'in process',
};
const LIFE = ['connecting', 'initializing', 'ready'];
const HEADINGS = ['What happens', 'On', 'States from then on', 'The call it meets', 'The next call', 'Known'];
const TOLD_HEADINGS = ['What happens', 'On', 'What is seen', 'Verified by'];

/** Render every group under its own heading. */
export function faultTable(): string {
  const sections = Object.entries(GROUPS).flatMap(([name, { title, rows }]) => {
    const played = rows.filter(isPlayed);
    const told = rows.filter((row) => !isPlayed(row));
    return [
      `### ${title}`,
      ...(played.length === 0 ? [] : [markdownTable(HEADINGS, played.flatMap(playedCells)), playedBy(name)]),
      ...(told.length === 0 ? [] : [markdownTable(TOLD_HEADINGS, told.map(toldCells))]),
    ];
  });
  return sections.join('\n\n');
}

function playedBy(name: string): string {
  const path = `test/faults/${name}.test.ts`;
  return `Played by [\`${path}\`](../${path}).`;
}

/** One line for all transports on which the same is seen. */
function playedCells(row: PlayedFault): string[][] {
  const lines = new Map<string, { seen: string[]; on: TransportKind[] }>();
  for (const kind of row.on) {
    const seen = seenCells(seenOn(row, kind));
    const line = lines.get(seen.join());
    if (line === undefined) lines.set(seen.join(), { seen, on: [kind] });
    else line.on.push(kind);
  }
  return [...lines.values()].map(({ seen, on }, at) => [at === 0 ? titled(row) : '', transports(on), ...seen]);
}

function toldCells(row: FaultRow): string[] {
  if (isPlayed(row)) throw new Error(`${row.id} is played`);
  const { file } = row.verified;
  return [titled(row), transports(row.on), row.sees, `[\`${file.split('/').at(-1)}\`](../${file})`];
}

function titled({ id, title }: FaultRow): string {
  return `${title} (${inlineCode(id)})`;
}

function transports(on: readonly TransportKind[]): string {
  return on.length === Object.keys(TRANSPORT_NAMES).length ? 'all' : on.map((kind) => TRANSPORT_NAMES[kind]).join(', ');
}

function seenCells(sees: Sees): string[] {
  const { states, within, next } = sees;
  return [statesText(states), callText(sees), next === undefined ? 'answered' : endingText(next), boundText(within)];
}

function statesText(states: Sees['states']): string {
  if (states.length === 0) return 'no change';
  const steps = states.map((state) => [state].flat().map(inlineCode).join(' or '));
  const tail = steps.slice(-LIFE.length);
  const isBack = steps.length > LIFE.length && tail.every((step, at) => step === inlineCode(LIFE[at] ?? ''));
  return (isBack ? [...steps.slice(0, -LIFE.length), 'back'] : steps).join(' → ');
}

function callText({ call, executed }: Sees): string {
  if (call === undefined) return '';
  if (call === 'answered') return 'answered, executed once';
  const text = endingText(call);
  if (executed === undefined || call.includes(' not-sent')) return text;
  return executed === 0 ? `${text}, not executed` : `${text}, executed ${executed === 1 ? 'once' : executed}`;
}

function endingText(ending: Ending): string {
  if (ending === 'answered') return ending;
  const [code = '', outcome, fault] = ending.split(' ');
  const what = [outcome, fault].filter((word) => word !== undefined).map((word) => inlineCode(word));
  return [inlineCode(code), ...what].join(' ');
}

function boundText({ by }: Sees['within']): string {
  return by === 'at once' ? by : `by ${by}`;
}
