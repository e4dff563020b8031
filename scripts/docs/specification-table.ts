/** What the specification wants of a client, as a page shows it: who fulfils each requirement, and what shows that. */

import { PARTS, SPECIFICATION } from '../../test/specification/parts.ts';
import type { Evidence, Party, Place, SpecificationRow } from '../../test/specification/row.ts';
import { inlineCode, markdownTable } from './markdown-table.ts';

const PARTIES: Readonly<Record<Party, string>> = { sdk: 'SDK', runtime: 'this library', host: 'your application' };
const HEADINGS = ['Requirement', 'Where', 'Who', 'What is done', 'Shown by'];
const SITE = 'https://modelcontextprotocol.io';

/** Count the rows: by who fulfils them, and those that are open. */
export function specificationCounts(): string {
  const rows = SPECIFICATION;
  const by = (party: Party) => rows.filter((row) => row.by.includes(party)).length;
  const alone = rows.filter((row) => row.by.every((party) => party === 'host')).length;
  const open = rows.filter((row) => row.open !== undefined);
  return markdownTable(
    ['Requirements', 'Number'],
    [
      ['in all', String(rows.length)],
      ['in revision 2025-11-25', String(rows.filter((row) => isIn(row, '2025-11-25')).length)],
      ['in revision 2026-07-28', String(rows.filter((row) => isIn(row, '2026-07-28')).length)],
      ['this library has a part in', String(by('runtime'))],
      ['the SDK has a part in', String(by('sdk'))],
      ['your application has a part in', String(by('host'))],
      ['… of these, it alone', String(alone)],
      ['open', String(open.length)],
    ],
  );
}

/** Render every part under its own heading. */
export function specificationTable(): string {
  return PARTS.map(({ title, rows }) => `### ${title}\n\n${markdownTable(HEADINGS, rows.map(cells))}`).join('\n\n');
}

function isIn({ places }: SpecificationRow, revision: Place['revision']): boolean {
  return places.some((place) => place.revision === revision);
}

function cells(row: SpecificationRow): string[] {
  const { id, level, requirement, places, by, note } = row;
  return [
    `${level === 'text' ? '' : `**${level}** `}${requirement} (${inlineCode(id)})`,
    placesText(places),
    by.map((party) => PARTIES[party]).join(', '),
    note,
    shownText(row),
  ];
}

/** Each section once, with the revisions that have it. */
function placesText(places: readonly Place[]): string {
  const revisions = [...new Set(places.map(({ revision }) => revision))];
  return revisions
    .map((revision) => {
      const sections = places.filter((place) => place.revision === revision).map(linkText);
      return `${revision}: ${[...new Set(sections)].join(', ')}`;
    })
    .join('; ');
}

function linkText({ revision, section }: Place): string {
  if (revision === 'tasks') return `[${section}](${SITE}/seps/2663-tasks-extension#${section})`;
  const [page = '', heading] = section.split('#');
  const path = page === 'index' ? '' : `/${page}`;
  const address = `${SITE}/specification/${revision}${path}${heading === undefined ? '' : `#${heading}`}`;
  return `[${heading ?? page}](${address})`;
}

function shownText({ tests = [], open, by }: SpecificationRow): string {
  const shown = [...new Set(tests.map((each) => evidenceText(each, tests)))];
  const isHosts = shown.length === 0 && by.every((party) => party === 'host');
  return [...shown, ...(open === undefined ? [] : [`**open**: ${open}`]), ...(isHosts ? ['yours to show'] : [])].join(
    '; ',
  );
}

/** Tests of one file are named together. */
function evidenceText(evidence: Evidence, among: readonly Evidence[]): string {
  if ('contract' in evidence) return `contract ${inlineCode(evidence.contract)}`;
  if ('fault' in evidence) return `fault ${inlineCode(evidence.fault)}`;
  if ('scenario' in evidence) return `referee ${inlineCode(evidence.scenario)}`;
  const { file } = evidence;
  const titles = among.flatMap((each) => ('file' in each && each.file === file ? [`“${each.title}”`] : []));
  return `[${file.split('/').at(-1)}](../${file}): ${titles.join(', ')}`;
}
