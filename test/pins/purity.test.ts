/** Pins absences that the linter has no rule for: nothing in src changes the environment or reads the clock of the host. */

import { type Node, parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { ownFiles, readOwnFile } from '../../scripts/source/repository.ts';

const CLOCK = 'src/clock.ts';

describe('src', () => {
  it('changes nothing in process.env', () => {
    const found = ownFiles('src', '.ts').flatMap((path) => environmentWrites(readOwnFile(path), path));

    expect(found).toEqual([]);
  });

  it('makes a Date of the present nowhere but in the clock', () => {
    const paths = ownFiles('src', '.ts').filter((path) => path !== CLOCK);

    expect(paths.flatMap((path) => presentDates(readOwnFile(path), path))).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    'process.env.PATH = "x";',
    'process.env["PATH"] ??= "x";',
    'process.env = {};',
    'delete process.env.PATH;',
    'Object.assign(process.env, {});',
    'globalThis.process.env.PATH = "x";',
    'process.loadEnvFile();',
  ])('finds %s', (source) => {
    expect(environmentWrites(source, 'x.ts')).toEqual(['x.ts:1']);
  });

  it.each(['new Date()', 'Date()', 'new Date'])('finds %s', (source) => {
    expect(presentDates(source, 'x.ts')).toEqual(['x.ts:1']);
  });

  it('lets a read of the environment and the Date of a given time pass', () => {
    const source = 'const path = process.env.PATH; const when = new Date(atMs).toISOString();';

    expect([...environmentWrites(source, 'x.ts'), ...presentDates(source, 'x.ts')]).toEqual([]);
  });
});

function environmentWrites(source: string, path: string): string[] {
  const text = (node: Node) => source.slice(node.start, node.end);
  const isEnvironment = (node: Node) => /\bprocess(?:\?\.|\.)env\b/.test(text(node));
  const found: Node[] = [];
  new Visitor({
    AssignmentExpression(node) {
      if (isEnvironment(node.left)) found.push(node);
    },
    UnaryExpression(node) {
      if (node.operator === 'delete' && isEnvironment(node.argument)) found.push(node);
    },
    CallExpression(node) {
      const changes = /^(?:Object\.(?:assign|define\w+)|Reflect\.\w+)$/.test(text(node.callee));
      const [first] = node.arguments;
      if (changes && first !== undefined && isEnvironment(first)) found.push(node);
      if (text(node.callee) === 'process.loadEnvFile') found.push(node);
    },
  }).visit(parseSync(path, source).program);
  return found.map((node) => `${path}:${source.slice(0, node.start).split('\n').length}`);
}

function presentDates(source: string, path: string): string[] {
  const found: Node[] = [];
  const isDate = (callee: Node) => callee.type === 'Identifier' && callee.name === 'Date';
  new Visitor({
    NewExpression(node) {
      if (isDate(node.callee) && node.arguments.length === 0) found.push(node);
    },
    CallExpression(node) {
      if (isDate(node.callee)) found.push(node);
    },
  }).visit(parseSync(path, source).program);
  return found.map((node) => `${path}:${source.slice(0, node.start).split('\n').length}`);
}
