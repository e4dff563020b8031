/**
 * Reads the members of a discriminated union from its declaration: object types written in place, and
 * interfaces or type aliases named, in the same file or imported from another of ours.
 */

import { posix } from 'node:path';
import type { Statement, TSSignature, TSType } from 'oxc-parser';
import { type DocumentedSource, readSource } from './doc-comments.ts';

/** One member of a discriminated union. */
export interface UnionMember {
  /** The literal of its discriminator. */
  readonly tag: string;
  readonly doc: string;
  /** Its other properties as written, such as `exitCode: number | null`; those an interface inherits come first. */
  readonly fields: readonly string[];
}

/** Reads a file of the repository by its path relative to the top. */
export type SourceLoader = (path: string) => string;

/**
 * List the members of the union `name` of a file in order, told apart by the property `discriminator`.
 * Throws when the union, a member it names, or the doc comment of a member cannot be found.
 */
export function unionMembers(load: SourceLoader, path: string, name: string, discriminator: string): UnionMember[] {
  const source = readSource(load(path), path);
  const declared = findType(load, source, name);
  if (declared === undefined) throw new Error(`${path} declares no type '${name}'`);
  return membersOfDeclaration(load, declared, discriminator);
}

type Declaration =
  | {
      readonly kind: 'alias';
      readonly source: DocumentedSource;
      readonly type: TSType;
      readonly doc: string | undefined;
    }
  | {
      readonly kind: 'interface';
      readonly source: DocumentedSource;
      readonly body: readonly TSSignature[];
      /** Names of the interfaces it extends. */
      readonly bases: readonly string[];
      readonly doc: string | undefined;
    };

function membersOfDeclaration(load: SourceLoader, declared: Declaration, discriminator: string): UnionMember[] {
  if (declared.kind === 'interface') {
    const own = memberOf(declared.source, declared.body, discriminator, declared.doc);
    return [{ ...own, fields: [...inheritedFields(load, declared), ...own.fields] }];
  }
  return membersOfType(load, declared.source, declared.type, discriminator, declared.doc);
}

function membersOfType(
  load: SourceLoader,
  source: DocumentedSource,
  type: TSType,
  discriminator: string,
  doc: string | undefined,
): UnionMember[] {
  switch (type.type) {
    case 'TSParenthesizedType':
      return membersOfType(load, source, type.typeAnnotation, discriminator, doc);
    case 'TSUnionType':
      return type.types.flatMap((each) => membersOfType(load, source, each, discriminator, source.docOf(each)));
    case 'TSTypeLiteral':
      return [memberOf(source, type.members, discriminator, doc)];
    case 'TSIntersectionType': {
      const own = type.types.find(
        (each) => each.type === 'TSTypeLiteral' && tagOf(each.members, discriminator) !== undefined,
      );
      if (own !== undefined) return membersOfType(load, source, own, discriminator, doc);
      break;
    }
    case 'TSTypeReference': {
      const name = source.textOf(type.typeName);
      const declared = type.typeArguments ? undefined : findType(load, source, name);
      if (declared !== undefined) return membersOfDeclaration(load, withDoc(declared, doc), discriminator);
      break;
    }
    default:
  }
  throw new Error(`${source.path}: '${source.textOf(type)}' is no object type with a literal '${discriminator}'`);
}

function inheritedFields(load: SourceLoader, declared: Declaration): readonly string[] {
  if (declared.kind === 'alias') return [];
  return declared.bases.flatMap((name) => {
    const base = findType(load, declared.source, name);
    if (base?.kind !== 'interface') throw new Error(`${declared.source.path}: finds no interface '${name}'`);
    return [...inheritedFields(load, base), ...fieldsOf(base.source, base.body)];
  });
}

/** The comment at the declaration describes the member best; one at its place in the union stands in for it. */
function withDoc(declared: Declaration, doc: string | undefined): Declaration {
  return { ...declared, doc: declared.doc ?? doc };
}

function memberOf(
  source: DocumentedSource,
  signatures: readonly TSSignature[],
  discriminator: string,
  doc: string | undefined,
): UnionMember {
  const tag = tagOf(signatures, discriminator);
  if (tag === undefined) throw new Error(`${source.path}: an object type has no literal '${discriminator}'`);
  const isTag = (each: TSSignature) => each.type === 'TSPropertySignature' && source.textOf(each.key) === discriminator;
  const ownTag = signatures.find(isTag);
  const text = doc ?? (ownTag && source.docOf(ownTag));
  if (text === undefined) throw new Error(`${source.path}: '${tag}' has no doc comment`);
  const others = signatures.filter((each) => !isTag(each));
  return { tag, doc: text, fields: fieldsOf(source, others) };
}

function fieldsOf(source: DocumentedSource, signatures: readonly TSSignature[]): readonly string[] {
  const properties = signatures.filter((each) => each.type === 'TSPropertySignature');
  return properties.map((each) =>
    source
      .textOf(each)
      .replace(/^readonly /, '')
      .replace(/;$/, ''),
  );
}

function tagOf(signatures: readonly TSSignature[], discriminator: string): string | undefined {
  for (const signature of signatures) {
    if (signature.type !== 'TSPropertySignature' || signature.key.type !== 'Identifier') continue;
    const type = signature.typeAnnotation?.typeAnnotation;
    if (signature.key.name !== discriminator || type?.type !== 'TSLiteralType') continue;
    if (type.literal.type === 'Literal' && typeof type.literal.value === 'string') return type.literal.value;
  }
  return undefined;
}

function findType(load: SourceLoader, source: DocumentedSource, name: string): Declaration | undefined {
  for (const statement of source.program.body) {
    const found = declarationIn(source, statement, name);
    if (found !== undefined) return found;
  }
  for (const statement of source.program.body) {
    const specifier = importedFrom(statement, name);
    if (specifier === undefined || !specifier.startsWith('.')) continue;
    const path = posix.join(posix.dirname(source.path), specifier);
    return findType(load, readSource(load(path), path), name);
  }
  return undefined;
}

function declarationIn(source: DocumentedSource, statement: Statement, name: string): Declaration | undefined {
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (declared?.type === 'TSTypeAliasDeclaration' && declared.id.name === name) {
    // The comment of a union is about the union; only a lone member is described by it.
    const doc = declared.typeAnnotation.type === 'TSUnionType' ? undefined : source.docOf(statement);
    return { kind: 'alias', source, type: declared.typeAnnotation, doc };
  }
  if (declared?.type === 'TSInterfaceDeclaration' && declared.id.name === name) {
    const bases = declared.extends.map((each) => source.textOf(each.expression));
    return { kind: 'interface', source, body: declared.body.body, bases, doc: source.docOf(statement) };
  }
  return undefined;
}

function importedFrom(statement: Statement, name: string): string | undefined {
  if (statement.type !== 'ImportDeclaration') return undefined;
  return statement.specifiers.some((each) => each.local.name === name) ? statement.source.value : undefined;
}
