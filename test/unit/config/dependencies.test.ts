import { describe, expect, it } from 'vitest';
import { topologicalOrder } from '../../../src/config/dependencies.ts';
import { ConfigError } from '../../../src/errors.ts';

const server = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });

function orderOf(servers: { name: string; dependsOn?: string[] }[], known: string[] = []): string {
  return topologicalOrder(servers, known)
    .map(({ name }) => name)
    .join(' ');
}

function issuesOf(servers: { name: string; dependsOn: string[] }[], known: string[] = []): string[] {
  try {
    topologicalOrder(servers, known);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map((issue) => `${issue.path}: ${issue.message}`);
  }
  return [];
}

describe('topologicalOrder', () => {
  it('keeps the given order where nothing depends on anything', () => {
    expect(orderOf([{ name: 'c' }, { name: 'a' }, { name: 'b' }])).toBe('c a b');
  });

  it('puts each server after those it depends on and leaves the others in place', () => {
    expect(orderOf([server('a', 'd'), server('b'), server('c', 'b', 'a'), server('d')])).toBe('d a b c');
  });

  it('takes servers that are there already for granted', () => {
    expect(orderOf([server('a', 'old')], ['old'])).toBe('a');
  });

  it('names every unknown dependency', () => {
    expect(issuesOf([server('a', 'x'), server('b', 'a', 'y')], ['old'])).toEqual([
      "servers.a.dependsOn[0]: 'x' is not a known server",
      "servers.b.dependsOn[1]: 'y' is not a known server",
    ]);
  });

  it('names every cycle once, without the servers that only lead to it', () => {
    expect(issuesOf([server('x', 'a'), server('a', 'b'), server('b', 'a'), server('s', 's')])).toEqual([
      "servers.a.dependsOn: the servers wait for each other: 'a' -> 'b' -> 'a'",
      "servers.s.dependsOn: the servers wait for each other: 's' -> 's'",
    ]);
  });

  it('orders a chain that is longer than the stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      server(`s${index}`, ...(index < 19_999 ? [`s${index + 1}`] : [])),
    );

    const ordered = topologicalOrder(chain, []);

    expect(ordered[0]?.name).toBe('s19999');
    expect(ordered.at(-1)?.name).toBe('s0');
  });
});
