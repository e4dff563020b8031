/**
 * JSON with comments and trailing commas, as editors keep their settings. Owns the positions of mistakes; never quotes
 * what stands there, because it may be a part of a secret.
 */

import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ConfigIssue } from '../errors.ts';
import { formatPath, type IssuePath } from './issue.ts';

/** The value, or where it is not JSON: the path of an issue is `:line:column`, both counted from 1. */
export type JsoncResult = { readonly value: unknown } | { readonly issues: readonly ConfigIssue[] };

/** More than a person reads; later mistakes are mostly consequences of the first. */
const MAX_ISSUES = 5;

const EXPLANATIONS: Readonly<Record<string, string>> = {
  CloseBraceExpected: 'a closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  EndOfFileExpected: 'something follows after the end',
  InvalidCharacter: 'a character is not allowed here',
  InvalidEscapeCharacter: 'a backslash is followed by a character that has no meaning there',
  InvalidNumberFormat: 'a number is not valid',
  InvalidSymbol: 'something is neither a string in double quotes, a number, true, false nor null',
  InvalidUnicode: 'a \\u escape needs four hexadecimal digits',
  PropertyNameExpected: 'a name in double quotes is missing',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfNumber: 'a number is not complete',
  UnexpectedEndOfString: 'a string is not closed on its line',
  ValueExpected: 'a value is missing',
};

/** Parse JSON with comments and trailing commas; a name that an object has twice is a mistake, not a surprise. */
export function parseJsonc(text: string): JsoncResult {
  try {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    if (root === undefined || errors.length > 0) {
      // A mistake is found again at the same place under other names; the first name is the telling one.
      const distinct = errors.filter((error, index) => error.offset !== errors[index - 1]?.offset);
      return { issues: distinct.slice(0, MAX_ISSUES).map((error) => explainAt(text, error)) };
    }
    const twice = duplicateNames(root, []);
    if (twice.length > 0) {
      return {
        issues: twice.map(({ offset, at }) => ({
          path: position(text, offset),
          message: `${formatPath(at)} is given twice`,
        })),
      };
    }
    return { value: getNodeValue(root) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { issues: [{ path: '', message: 'is nested too deeply' }] };
  }
}

function explainAt(text: string, error: ParseError): ConfigIssue {
  const message = EXPLANATIONS[printParseErrorCode(error.error)] ?? 'something is not JSON';
  return { path: position(text, error.offset), message };
}

function position(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

function duplicateNames(node: Node, at: IssuePath): { offset: number; at: IssuePath }[] {
  const children = node.children ?? [];
  if (node.type === 'array') return children.flatMap((child, index) => duplicateNames(child, [...at, index]));
  const seen = new Set<unknown>();
  return children.flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    const path = [...at, String(key.value)];
    const found = seen.has(key.value) ? [{ offset: key.offset, at: path }] : [];
    seen.add(key.value);
    return [...found, ...duplicateNames(value, path)];
  });
}
