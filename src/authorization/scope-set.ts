/** Sets of scopes as OAuth writes them: words separated by blanks (RFC 6749, section 3.3). Pure. */

/** All words of both, each once, in the order in which they are seen first; nothing for none. */
export function scopeUnion(...scopes: readonly (string | undefined)[]): string | undefined {
  const all = new Set(scopes.flatMap(wordsOf));
  return all.size === 0 ? undefined : [...all].join(' ');
}

/** Whether every word of `wanted` is among those of `held`. */
export function covers(held: string | undefined, wanted: string | undefined): boolean {
  const words = new Set(wordsOf(held));
  return wordsOf(wanted).every((word) => words.has(word));
}

function wordsOf(scope: string | undefined): string[] {
  return scope?.split(/\s+/).filter((word) => word !== '') ?? [];
}
