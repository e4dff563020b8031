/**
 * Scrubs whole values, such as the data of a JSON-RPC error: a bounded copy of plain data with no secret in its
 * strings, its numbers or its keys. Never throws, whatever the value does when it is read.
 */

import { REDACTED } from './secrets.ts';

/** How much of a value is kept. */
export interface ScrubLimits {
  /** Levels of objects and arrays. */
  readonly maxDepth: number;
  /** Values in all, keys included. */
  readonly maxEntries: number;
  /** Characters of all strings and keys together. */
  readonly maxCharacters: number;
}

/** Enough for any error data that a person or a model would read. */
export const SCRUB_LIMITS: ScrubLimits = { maxDepth: 8, maxEntries: 1_000, maxCharacters: 65_536 };

/** What stands in the place of what was beyond a limit. */
const CUT = '[cut]';

/**
 * Copy an untrusted value with every string scrubbed.
 *
 * **Bounds** what is beyond a limit is replaced by `[cut]`. What JSON cannot say (functions, symbols, `undefined`) is
 * left out of objects and is `null` in arrays.
 */
export function scrubValue(
  scrub: (text: string) => string,
  value: unknown,
  limits: ScrubLimits = SCRUB_LIMITS,
): unknown {
  const budget = { entries: limits.maxEntries, characters: limits.maxCharacters };

  const scrubText = (text: string): string => {
    if (budget.characters <= 0) return text === '' ? '' : CUT;
    const kept = text.slice(0, budget.characters);
    budget.characters -= kept.length;
    return kept.length < text.length ? `${scrub(kept)}${CUT}` : scrub(kept);
  };

  const copy = (inner: unknown, depth: number): unknown => {
    budget.entries -= 1;
    if (budget.entries < 0) return CUT;
    switch (typeof inner) {
      case 'string':
        return scrubText(inner);
      case 'number':
      case 'bigint':
        // A number can be a secret too: an account, a PIN.
        if (scrub(String(inner)) !== String(inner)) return REDACTED;
        return typeof inner === 'bigint' ? scrubText(String(inner)) : inner;
      case 'boolean':
        return inner;
      case 'object':
        if (inner === null) return null;
        return depth >= limits.maxDepth ? CUT : copyObject(inner, depth + 1);
      default:
        return undefined;
    }
  };

  const copyObject = (inner: object, depth: number): unknown => {
    if (Array.isArray(inner)) {
      const items: unknown[] = [];
      for (let index = 0; index < inner.length && budget.entries > 0; index += 1)
        items.push(copy(inner[index], depth) ?? null);
      if (items.length < inner.length) items.push(CUT);
      return items;
    }
    const pairs: [string, unknown][] = [];
    for (const key of Object.keys(inner)) {
      if (budget.entries <= 0) {
        pairs.push([CUT, true]);
        break;
      }
      const item = copy(Reflect.get(inner, key), depth);
      if (item !== undefined) pairs.push([scrubText(key), item]);
    }
    // Defines properties, so that a key named `__proto__` is a key like any other.
    return Object.fromEntries(pairs);
  };

  try {
    return copy(value, 0);
  } catch {
    // A getter or a proxy threw.
    return CUT;
  }
}
