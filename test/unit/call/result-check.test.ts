import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { checksOf, ResultCheck } from '../../../src/call/result-check.ts';

const MS = 1_000;
const tool = (name: string, outputSchema?: object) =>
  ({ name, inputSchema: { type: 'object' }, ...(outputSchema && { outputSchema }) }) as Tool;
const NUMBER = { properties: { a: { type: 'number' } } };
const SLOW = { pattern: '^(a+)+$' };
const LONG = `${'a'.repeat(60)}!`;

describe('the check of a result', () => {
  it('is told as unchecked once, however often the tool is called', async () => {
    const check = new ResultCheck({ type: 'strng' });

    const verdicts = [await check.verdict({}, MS), await check.verdict({}, MS)];

    expect(verdicts).toEqual([
      { kind: 'unchecked', reason: 'schema-invalid', isNews: true },
      { kind: 'unchecked', reason: 'schema-invalid', isNews: false },
    ]);
  });

  it('goes on after one that took too long, and is given up after three in a row', async () => {
    const check = new ResultCheck(SLOW);
    const kinds: string[] = [];
    for (const value of [LONG, LONG, 'aa', LONG, LONG, LONG, 'aa']) {
      // What ends by itself gets time enough on any machine.
      kinds.push((await check.verdict(value, value === LONG ? 20 : 10_000)).kind);
    }

    expect(kinds).toEqual(['unchecked', 'unchecked', 'valid', ...Array(4).fill('unchecked')]);
  });
});

describe('the checks of a server', () => {
  it('are none where no tool declares a schema', () => {
    expect(checksOf({ entries: [tool('a')], rejected: [] }, undefined)).toBeUndefined();
  });

  it('are kept for definitions that did not change, and made anew for others', () => {
    const before = checksOf(
      { entries: [tool('kept', NUMBER), tool('changed', NUMBER)], rejected: [], unreadable: ['odd'] },
      undefined,
    );

    const after = checksOf(
      { entries: [tool('kept', { ...NUMBER }), tool('changed', SLOW)], rejected: [], unreadable: ['odd'] },
      before,
    );

    expect(after?.get('kept')).toBe(before?.get('kept'));
    expect(after?.get('odd')).toBe(before?.get('odd'));
    expect(after?.get('changed')).not.toBe(before?.get('changed'));
  });
});
