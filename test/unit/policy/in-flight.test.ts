/** What is under way, whether few or many. */

import { describe, expect, test } from 'vitest';
import { InFlight } from '../../../src/policy/in-flight.ts';

interface Request {
  readonly id: number;
}

const requests = (count: number): Request[] => Array.from({ length: count }, (_, id) => ({ id }));

/** With one, with as many as an array holds, with one more, and with many more. */
describe.each([1, 2, 32, 33, 1_000])('%i under way', (count) => {
  const made = requests(count);
  const inFlight = new InFlight(({ id }: Request) => id);
  const enter = () => made.forEach((request) => inFlight.add(request));
  const leave = (order: readonly Request[]) => order.map(({ id }) => inFlight.take(id));

  test('are told oldest first', () => {
    enter();
    expect(inFlight.oldest).toBe(made[0]);
    expect(inFlight.all()).toEqual(made);
    leave(made);
  });

  test.each([
    ['the oldest first', made],
    ['the youngest first', [...made].reverse()],
    ['from the middle', [...made.slice(count / 2), ...made.slice(0, count / 2)]],
  ])('are found until they leave, %s', (_, order) => {
    enter();
    for (const { id } of order) expect(inFlight.get(id)).toBe(made[id]);
    expect(leave(order)).toEqual(order);
    expect(inFlight.all()).toEqual([]);
    expect(inFlight.oldest).toBeUndefined();
  });

  test('leave the others in their order', () => {
    enter();
    const even = made.filter(({ id }) => id % 2 === 0);
    leave(made.filter(({ id }) => id % 2 === 1));
    expect(inFlight.all()).toEqual(even);
    expect(inFlight.oldest).toBe(even[0]);
    leave(even);
  });

  test('come again after all have left', () => {
    for (let time = 0; time < 3; time += 1) {
      enter();
      leave(made);
    }
    expect(inFlight.all()).toEqual([]);
  });
});

test('one that is not there is not taken', () => {
  const inFlight = new InFlight(({ id }: Request) => id);
  inFlight.add({ id: 1 });
  expect([inFlight.get(2), inFlight.take(2)]).toEqual([undefined, undefined]);
  expect(inFlight.all()).toEqual([{ id: 1 }]);
});

test('what comes while all are told is not among them', () => {
  const inFlight = new InFlight(({ id }: Request) => id);
  for (const request of requests(2)) inFlight.add(request);
  const told = inFlight.all();
  inFlight.take(0);
  inFlight.add({ id: 2 });
  expect(told).toEqual(requests(2));
});
