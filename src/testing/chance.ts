/**
 * Chance that can be drawn again: everything comes from a seed, so a run that failed is repeated by its number.
 */

/** A seeded source of chance. */
export interface Chance {
  /** From 0, below 1: what the library takes as its `random`. */
  readonly next: () => number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** True with this probability. */
  isTrue(probability: number): boolean;
  /** One of these. */
  pick<T>(choices: readonly [T, ...T[]]): T;
  pick<T>(choices: readonly T[]): T;
}

/** Make the chance of a seed; `branch` makes independent ones of the same seed. */
export function chanceOf(seed: number, branch = 0): Chance {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ Math.imul(branch + 1, 0x85eb_ca6b)) >>> 0;
  // mulberry32: small, and good enough for choosing.
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    isTrue: (probability) => next() < probability,
    pick: <T>(choices: readonly T[]): T => {
      const choice = choices[whole(0, choices.length - 1)];
      if (choice === undefined) throw new Error('nothing to pick from');
      return choice;
    },
  };
}
