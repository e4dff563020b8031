/** Reads the members of an interface from its declaration. */

import type { DocumentedSource } from './doc-comments.ts';

/** One property of an interface. */
export interface InterfaceMember {
  readonly name: string;
  readonly isOptional: boolean;
  /** As written, without the `undefined` of an optional one. */
  readonly type: string;
  readonly doc: string;
}

/** List the properties of an interface in order. Throws when it, or the doc comment of one, cannot be found. */
export function interfaceMembers(source: DocumentedSource, name: string): InterfaceMember[] {
  for (const statement of source.program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type !== 'TSInterfaceDeclaration' || declared.id.name !== name) continue;
    return declared.body.body.map((member) => {
      if (member.type !== 'TSPropertySignature') throw new Error(`${source.path}: '${name}' has more than properties`);
      const key = source.textOf(member.key);
      const doc = source.docOf(member);
      if (doc === undefined) throw new Error(`${source.path}: '${key}' has no doc comment`);
      const type = member.typeAnnotation ? source.textOf(member.typeAnnotation.typeAnnotation) : 'unknown';
      return { name: key, isOptional: member.optional === true, type: type.replace(/ \| undefined$/, ''), doc };
    });
  }
  throw new Error(`${source.path} declares no interface '${name}'`);
}
