/** How large and how deep a value is that somebody else made. Without recursion, and no longer than its bound. */

/** The bounds of a value. */
export interface SizeBounds {
  readonly maxBytes: number;
  /** Levels of objects and arrays. */
  readonly maxDepth: number;
}

/** What was found; beyond a bound nothing further is looked at. */
export type ValueSize =
  | { readonly kind: 'within'; readonly bytes: number }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-deep' };

/** What a number, a boolean or `null` counts for. */
const SCALAR_BYTES = 5;

/** Measure a value as `JSON.parse` makes it. **Units** bytes are those of its JSON, about: characters count as one. */
export function sizeOf(value: unknown, { maxBytes, maxDepth }: SizeBounds): ValueSize {
  let bytes = 0;
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { value: inner, depth } = top;
    if (typeof inner === 'string') bytes += inner.length + 2;
    else if (typeof inner !== 'object' || inner === null) bytes += SCALAR_BYTES;
    else {
      if (depth > maxDepth) return { kind: 'too-deep' };
      bytes += 2;
      for (const key of Object.keys(inner)) {
        bytes += Array.isArray(inner) ? 1 : key.length + 4;
        if (bytes > maxBytes) return { kind: 'too-large' };
        open.push({ value: Reflect.get(inner, key), depth: depth + 1 });
      }
    }
    if (bytes > maxBytes) return { kind: 'too-large' };
  }
  return { kind: 'within', bytes };
}
