/** The tables of the page of bounds: what a server can do, what bounds it, and what is seen beyond that. */

import { type DocumentedSource, readSource } from './doc-comments.ts';
import { interfaceMembers } from './interface-members.ts';
import { inlineCode, markdownTable } from './markdown-table.ts';
import type { SourceLoader } from './union-members.ts';

/** Bounds that no option changes: the constants of the source that set them, each with its comment. */
const FIXED: readonly (readonly [path: string, name: string])[] = [
  ['src/transport/http/event-scanner.ts', 'MAX_EVENT_ID_CHARS'],
  ['src/transport/http/event-stream.ts', 'MAX_REOPEN_FAILURES'],
  ['src/transport/http/linger.ts', 'LINGER_BYTES'],
  ['src/transport/http/linger.ts', 'LINGER_MS'],
  ['src/transport/http/round-trip.ts', 'ACCEPTANCE_TIMEOUT_MS'],
  ['src/config/redaction.ts', 'MAX_TEXT_LENGTH'],
  ['src/transport/stdio/stderr-tail.ts', 'LINE_CHARS'],
  ['src/call/repetition.ts', 'MAX_REPETITIONS'],
];

/** Marks, in the comment of a limit, where what is seen beyond it begins. */
const BEYOND = ' **Beyond** ';

/** The limits that are options: `defaults` gives the value of one as it is written in the source. */
export function limitsTable(load: SourceLoader, path: string, defaults: ReadonlyMap<string, string>): string {
  const source = readSource(load(path), path);
  const rows = interfaceMembers(source, 'ServerLimits').map(({ name, doc }) => {
    const [what, seen] = doc.split(BEYOND);
    const value = defaults.get(name);
    if (what === undefined || seen === undefined) throw new Error(`${path}: '${name}' does not say what is beyond it`);
    if (value === undefined) throw new Error(`${path}: '${name}' has no default`);
    return [inlineCode(`limits.${name}`), inlineCode(value), what, seen];
  });
  return markdownTable(['Option', 'Default', 'What it bounds', 'Beyond it'], rows);
}

/** The bounds that are fixed. */
export function fixedBoundsTable(load: SourceLoader): string {
  const rows = FIXED.map(([path, name]) => {
    const source = readSource(load(path), path);
    const { value, doc } = constantOf(source, name);
    return [doc, inlineCode(value), inlineCode(path.replace('src/', ''))];
  });
  return markdownTable(['What it bounds', 'Value', 'Where'], rows);
}

function constantOf(source: DocumentedSource, name: string): { value: string; doc: string } {
  for (const statement of source.program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type !== 'VariableDeclaration') continue;
    const found = declared.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
    const doc = source.docOf(statement) ?? source.docOf(declared);
    if (found?.init && doc !== undefined) return { value: source.textOf(found.init), doc };
  }
  throw new Error(`${source.path} has no constant '${name}' with a comment`);
}
