/**
 * Secrets that are recognised wherever they turn up, and the search for them: through every property of a value, and in
 * every text that can be made of it.
 */

import { inspect } from 'node:util';

/** One secret for each place of a configuration that may hold one. */
export const CANARIES = {
  variable: 'canary-variable-5b1f0c7e93',
  argument: 'canary-argument-c27d94a610',
  header: 'canary-header-90ae3d56f1',
  password: 'canary-password-7f4e82bd05',
  query: 'canary-query-d3186a0e4c',
} as const;

const FORMS = Object.entries(CANARIES).map(([kind, canary]) => {
  // Base64 of a text depends on where in it the canary begins; what its neighbours decide is cut off.
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.from(' '.repeat(offset) + canary)
      .toString('base64')
      .slice(4, -4),
  );
  return { kind, forms: [canary, ...encoded] };
});

/** Name what holds a canary among these values, with the way to it; empty when nothing does. */
export function findCanaries(values: Readonly<Record<string, unknown>>): string[] {
  const seen = new Set<object>();
  return Object.entries(values).flatMap(([name, value]) => inGraph(name, value, seen));
}

/** The same, and also in all the texts that a log would hold: JSON, and the inspection of the whole. */
export function findCanariesInLogs(values: Readonly<Record<string, unknown>>): string[] {
  const texts = Object.entries(values).flatMap(([name, value]) => [
    ...inText(`${name} as JSON`, JSON.stringify(value) ?? ''),
    ...inText(`${name} as text`, String(value)),
    ...inText(
      `${name} inspected`,
      inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    ),
  ]);
  return [...texts, ...findCanaries(values)];
}

/** Name the canaries in a text: as they are, percent-encoded (which changes none of them), or within base64. */
export function inText(where: string, text: string): string[] {
  return FORMS.flatMap(({ kind, forms }) =>
    forms.some((form) => text.includes(form)) ? [`${where}: the ${kind}`] : [],
  );
}

/** Follows every own property, hidden ones too, and the entries of maps and sets; each object once. */
function inGraph(root: string, value: unknown, seen: Set<object>): string[] {
  const found: string[] = [];
  const waiting: { readonly path: string; readonly value: unknown }[] = [{ path: root, value }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, value: here } = next;
    if (typeof here === 'string') found.push(...inText(path, here));
    if (!(typeof here === 'object' || typeof here === 'function') || here === null || seen.has(here)) continue;
    seen.add(here);
    if (here instanceof Uint8Array) found.push(...inText(path, Buffer.from(here).toString('latin1')));
    if (here instanceof Map || here instanceof Set) waiting.push({ path: `${path}[]`, value: [...here.entries()] });
    for (const key of Reflect.ownKeys(here)) {
      const inner = `${path}.${String(key)}`;
      found.push(...inText(`the name ${inner}`, String(key)));
      waiting.push({ path: inner, value: read(here, key) });
    }
  }
  return found;
}

function read(from: object, key: string | symbol): unknown {
  try {
    return Reflect.get(from, key);
  } catch {
    return undefined;
  }
}
