/**
 * Reads the doc comments of our own source: which comment belongs to which part of the syntax tree, and
 * its text as one Markdown line.
 */

import { type Comment, type Program, parseSync } from 'oxc-parser';

/** A part of a syntax tree: where it lies in the source. */
interface Located {
  readonly start: number;
  readonly end: number;
}

/** One parsed source text with its comments. */
export interface DocumentedSource {
  readonly path: string;
  readonly program: Program;
  /** The source of a part, as written, on one line. */
  textOf(part: Located): string;
  /** The doc comment right before a part, as one line; `undefined` when it has none. */
  docOf(part: Located): string | undefined;
}

// A union member is written after its `|`, so the comment before the bar belongs to the member.
const BETWEEN_COMMENT_AND_SUBJECT = /^[\s|&(]*$/;

/** Parse a source text. Throws when it has a syntax error. */
export function readSource(source: string, path: string): DocumentedSource {
  const { program, comments, errors } = parseSync(path, source, { sourceType: 'module' });
  const failure = errors.find((error) => error.severity === 'Error');
  if (failure !== undefined) throw new Error(`${path}: ${failure.message}`);
  const docs = comments.filter((comment) => comment.type === 'Block' && comment.value.startsWith('*'));
  return {
    path,
    program,
    textOf: (part) => source.slice(part.start, part.end).replace(/\s+/g, ' '),
    docOf: (part) => {
      const comment = docs.findLast((each) => each.end <= part.start);
      if (comment === undefined) return undefined;
      return BETWEEN_COMMENT_AND_SUBJECT.test(source.slice(comment.end, part.start)) ? asLine(comment) : undefined;
    },
  };
}

function asLine(comment: Comment): string {
  return comment.value
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}
