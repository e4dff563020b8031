/**
 * Looks at what a server sent, or a handler gave, without describing it: the first thing that is wrong ends the look, so
 * that a value of a million wrong parts costs no more than one of a million right ones.
 */

import { sizeOf } from '../policy/value-size.ts';

/** Whether a value has more levels than it may: whoever reads it may do so by recursion, this library included. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  return sizeOf(value, { maxBytes: Number.POSITIVE_INFINITY, maxDepth }).kind !== 'within';
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every((item) => isItem(item));
}

/** Whether a field is left out, or is what it has to be. */
export function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}
