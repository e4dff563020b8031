/**
 * What a TypeScript module imports, read from its syntax tree: the one reader of imports that the checks
 * of layers and of declarations share. It resolves nothing and loads nothing.
 */

import { readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';

/** One import, re-export, dynamic import or `import('…')` type of a module. */
export interface ModuleImport {
  readonly specifier: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** List the imports of one file in the order of the source. Throws when the file cannot be parsed. */
export function importsOf(path: string): ModuleImport[] {
  return importsIn(readFileSync(path, 'utf8'), path);
}

/** List the imports in a source text; `path` is only used to tell declarations from code. */
export function importsIn(source: string, path: string): ModuleImport[] {
  const { program, errors, comments } = parseSync(path, source, { sourceType: 'module' });
  const failure = errors.find((error) => error.severity === 'Error');
  if (failure !== undefined) throw new Error(`${path}: ${failure.message}`);

  const found: { specifier: string; typeOnly: boolean; start: number }[] = [];
  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers.map((each) => each.type === 'ImportSpecifier' && each.importKind === 'type');
      const typeOnly = node.importKind === 'type' || (named.length > 0 && named.every(Boolean));
      found.push({ specifier: node.source.value, typeOnly, start: node.start });
    },
    ExportNamedDeclaration(node) {
      if (node.source === null) return;
      const named = node.specifiers.map((each) => each.exportKind === 'type');
      const typeOnly = node.exportKind === 'type' || (named.length > 0 && named.every(Boolean));
      found.push({ specifier: node.source.value, typeOnly, start: node.start });
    },
    ExportAllDeclaration(node) {
      found.push({ specifier: node.source.value, typeOnly: node.exportKind === 'type', start: node.start });
    },
    ImportExpression(node) {
      if (node.source.type !== 'Literal' || typeof node.source.value !== 'string') return;
      found.push({ specifier: node.source.value, typeOnly: false, start: node.start });
    },
    TSImportType(node) {
      found.push({ specifier: node.source.value, typeOnly: true, start: node.start });
    },
  }).visit(program);
  for (const comment of comments) {
    const reference = /^\/\s*<reference\s+types="([^"]+)"/.exec(comment.value)?.[1];
    if (reference !== undefined) found.push({ specifier: reference, typeOnly: true, start: comment.start });
  }

  return found
    .sort((a, b) => a.start - b.start)
    .map(({ specifier, typeOnly, start }) => ({
      specifier,
      typeOnly,
      line: source.slice(0, start).split('\n').length,
    }));
}

/** The package of a specifier: `effect` for `effect/Effect`; `undefined` for a relative path or a Node module. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('node:')) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}
