import { describe, expect, it } from 'vitest';
import { spawnTurn } from '../../../../src/transport/stdio/spawn-turn.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('spawn turns', () => {
  it('lets the first go at once, and each further one in a turn of the event loop of its own, in order', async () => {
    await nextTurn();
    const spawned: number[] = [];
    const spawn = async (number: number) => {
      const turn = spawnTurn();
      if (turn !== undefined) await turn;
      spawned.push(number);
    };
    const all = [1, 2, 3].map((number) => spawn(number));
    const seen = [[...spawned]];
    for (let turn = 0; turn < 2; turn += 1) {
      await nextTurn();
      seen.push([...spawned]);
    }

    await Promise.all(all);
    expect(seen).toEqual([[1], [1, 2], [1, 2, 3]]);
  });

  it('takes nobody a turn who comes later', async () => {
    await nextTurn();
    expect(spawnTurn()).toBeUndefined();
    await nextTurn();
    expect(spawnTurn()).toBeUndefined();
  });
});
