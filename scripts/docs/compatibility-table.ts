/** The table of published servers, as a page shows it: what the last run of the suite that was kept found. */

import { type ServerResult, STEPS, type StepResult } from '../../test/published/results.ts';
import { TRANSPORT_NAMES } from './fault-table.ts';
import { inlineCode, markdownTable } from './markdown-table.ts';
import type { SourceLoader } from './union-members.ts';

const HEADINGS = ['Package', 'Built with', 'Transport', 'Revision', 'Tools'];

/** Render one line for each server of the suite. */
export function compatibilityTable(load: SourceLoader): string {
  const results = JSON.parse(load('test/published/results.json')) as readonly ServerResult[];
  return markdownTable([...HEADINGS, ...STEPS], results.map(cells));
}

function cells(result: ServerResult): string[] {
  const { package: packageName, version, builtWith, transport, revision, tools, steps } = result;
  const program = `${inlineCode(packageName)} ${version}`;
  return [program, named(builtWith), TRANSPORT_NAMES[transport], revision, String(tools)].concat(
    STEPS.map((step) => stepCell(steps[step])),
  );
}

function named(builtWith: string): string {
  const [packageName = '', ...version] = builtWith.split(' ');
  return [inlineCode(packageName), ...version].join(' ');
}

function stepCell(result: StepResult): string {
  if (typeof result !== 'string') return 'no';
  return result === 'held' ? 'yes' : '–';
}
