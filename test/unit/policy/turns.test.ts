import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/policy/turns.ts';

describe('turns', () => {
  it('are taken one after the other by key, whatever fails', async () => {
    const turns = new Turns();
    const done: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = turns.take('a', async () => {
      await held;
      done.push('a1');
      throw new Error('x');
    });
    const second = turns.take('a', async () => void done.push('a2'));
    const third = turns.take('a', async () => void done.push('a3'));
    await turns.take('b', async () => void done.push('b'));
    release();

    await expect(first).rejects.toThrow('x');
    await Promise.all([second, third]);
    expect(done).toEqual(['b', 'a1', 'a2', 'a3']);
  });

  it('give back what the action gives, also after a pause', async () => {
    const turns = new Turns();

    await expect(turns.take('a', async () => 1)).resolves.toBe(1);
    await expect(turns.take('a', async () => 2)).resolves.toBe(2);
  });
});
