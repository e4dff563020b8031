/** Reads the titles of the tests in a file, as written: with `%s` where they are made from a table. */

import { type CallExpression, type Expression, parseSync, Visitor } from 'oxc-parser';

/** What makes a test of its first argument: vitest's own, and what the suites of the eras call it. */
const MAKERS: ReadonlySet<string> = new Set(['it', 'test', 'fact']);

/** List the titles in a source text. Throws when it has a syntax error. */
export function titlesIn(source: string, path: string): string[] {
  const { program, errors } = parseSync(path, source, { sourceType: 'module' });
  const failure = errors.find((error) => error.severity === 'Error');
  if (failure !== undefined) throw new Error(`${path}: ${failure.message}`);
  const titles: string[] = [];
  const visit = (call: CallExpression) => {
    const title = MAKERS.has(makerOf(call.callee) ?? '') ? textOf(call.arguments[0], source) : undefined;
    if (title !== undefined) titles.push(title);
  };
  new Visitor({ CallExpression: visit }).visit(program);
  return titles;
}

/** `it` for `it`, `it.each([…])` and `it.skipIf(…)`. */
function makerOf(callee: CallExpression['callee']): string | undefined {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'MemberExpression':
      return makerOf(callee.object);
    case 'CallExpression':
      return makerOf(callee.callee);
    default:
      return undefined;
  }
}

function textOf(argument: Expression | CallExpression['arguments'][number] | undefined, source: string) {
  if (argument?.type === 'Literal' && typeof argument.value === 'string') return argument.value;
  return argument?.type === 'TemplateLiteral' ? source.slice(argument.start + 1, argument.end - 1) : undefined;
}
