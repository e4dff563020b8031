/**
 * The tables of the reference pages, each read from the one file of the source that owns its subject:
 * error codes, defaults, limits, faults and events; the faults that the tests play, and the servers they ran against.
 */

import type { ObjectExpression, ObjectProperty } from 'oxc-parser';
import { fixedBoundsTable, limitsTable } from './bounds-tables.ts';
import { compatibilityTable } from './compatibility-table.ts';
import { CONFIGURATION_TABLES } from './configuration-tables.ts';
import { type DocumentedSource, readSource } from './doc-comments.ts';
import { faultTable } from './fault-table.ts';
import { inlineCode, markdownTable } from './markdown-table.ts';
import { specificationCounts, specificationTable } from './specification-table.ts';
import { type SourceLoader, type UnionMember, unionMembers } from './union-members.ts';

const DEFAULTS = 'src/config/defaults.ts';

/** The tables that a page can hold, by the name in `<!-- generated:name -->`. */
export const SOURCE_TABLES: Readonly<Record<string, (load: SourceLoader) => string>> = {
  errors: (load) => errorTable(load, 'src/errors.ts'),
  limits: (load) => limitsTable(load, 'src/config/limits.ts', valuesOf(load, DEFAULTS)),
  'fixed-bounds': fixedBoundsTable,
  defaults: (load) => defaultsTable(load, DEFAULTS),
  compatibility: compatibilityTable,
  'fault-table': faultTable,
  specification: specificationTable,
  'specification-counts': specificationCounts,
  faults: (load) => unionTable('Kind', unionMembers(load, 'src/fault.ts', 'Fault', 'kind')),
  'fault-verbs': (load) => verbTable(load, 'src/testing/fault-transport/verbs.ts'),
  'scripted-faults': (load) =>
    unionTable(
      'Fault',
      ['ChannelFault', 'ProcessFault', 'MessageFault', 'RequestFault'].flatMap((name) =>
        unionMembers(load, 'src/testing/behaviour.ts', name, 'do'),
      ),
    ),
  ...Object.fromEntries(
    Object.entries(CONFIGURATION_TABLES).map(([name, table]) => [
      name,
      (load: SourceLoader) => table(load, valuesOf(load, DEFAULTS)),
    ]),
  ),
  events: (load) => unionTable('Type', unionMembers(load, 'src/observe/runtime-event.ts', 'RuntimeEvent', 'type')),
};

function errorTable(load: SourceLoader, path: string): string {
  const source = readSource(load(path), path);
  const rows = constantEntries(source, 'ERROR_CODES').map(({ key, property }) => {
    const { value } = property;
    if (value.type !== 'Literal' || typeof value.value !== 'string') throw new Error(`${path}: ${key} has no text`);
    return [inlineCode(key), value.value];
  });
  return markdownTable(['Code', 'Meaning'], rows);
}

function verbTable(load: SourceLoader, path: string): string {
  const source = readSource(load(path), path);
  const rows = constantEntries(source, 'FAULT_VERBS').map(({ key, property }) => {
    if (property.value.type !== 'ObjectExpression') throw new Error(`${path}: ${key} says nothing by transport`);
    const texts = propertiesOf(source, property.value).map(({ property: { value } }) => {
      if (value.type !== 'Literal' || typeof value.value !== 'string') throw new Error(`${path}: ${key} has no text`);
      return value.value;
    });
    return [inlineCode(key), ...texts];
  });
  return markdownTable(['Verb', 'stdio', 'HTTP+SSE, Streamable HTTP'], rows);
}

function defaultsTable(load: SourceLoader, path: string): string {
  const source = readSource(load(path), path);
  const rows = constantEntries(source, 'DEFAULTS').map(({ key, property }) => {
    const doc = source.docOf(property);
    if (doc === undefined) throw new Error(`${path}: '${key}' has no doc comment`);
    return [inlineCode(key), inlineCode(source.textOf(property.value)), unitOf(key), doc];
  });
  return markdownTable(['Name', 'Value', 'Unit', 'What it is, and why'], rows);
}

function valuesOf(load: SourceLoader, path: string): ReadonlyMap<string, string> {
  const source = readSource(load(path), path);
  return new Map(constantEntries(source, 'DEFAULTS').map(({ key, property }) => [key, source.textOf(property.value)]));
}

function unionTable(heading: string, members: readonly UnionMember[]): string {
  const shared = namesOf(members[0]).filter((name) => members.every((member) => namesOf(member).includes(name)));
  const rows = members.map(({ tag, doc, fields }) => {
    const own = fields.filter((field) => !shared.includes(nameOf(field)));
    return [inlineCode(tag), doc, own.map(inlineCode).join(', ')];
  });
  const table = markdownTable([heading, 'Meaning', 'Carries'], rows);
  return shared.length === 0 ? table : `Each carries ${shared.map(inlineCode).join(', ')}, and:\n\n${table}`;
}

function namesOf(member: UnionMember | undefined): readonly string[] {
  return member?.fields.map(nameOf) ?? [];
}

/** `cause` for `cause?: Fault`. */
function nameOf(field: string): string {
  return field.slice(0, field.search(/[?:]/));
}

function unitOf(name: string): string {
  if (name.endsWith('Ms')) return 'ms';
  return name.endsWith('Bytes') ? 'bytes' : '';
}

/** The properties of `export const name = { … } as const`, in order. */
function constantEntries(source: DocumentedSource, name: string): { key: string; property: ObjectProperty }[] {
  for (const statement of source.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declaration.declarations) {
      const value = init?.type === 'TSAsExpression' ? init.expression : init;
      if (id.type !== 'Identifier' || id.name !== name || value?.type !== 'ObjectExpression') continue;
      return propertiesOf(source, value);
    }
  }
  throw new Error(`${source.path} exports no object '${name}'`);
}

function propertiesOf(source: DocumentedSource, object: ObjectExpression): { key: string; property: ObjectProperty }[] {
  return object.properties.map((property) => {
    if (property.type !== 'Property') throw new Error(`${source.path}: spread where an entry is expected`);
    return { key: source.textOf(property.key).replaceAll(/^['"]|['"]$/g, ''), property };
  });
}
