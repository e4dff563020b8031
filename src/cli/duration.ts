/** Reads durations as people type them, and says them as people read them. */

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const LONGEST_MS = 2_147_483_647;

/**
 * Read `500ms`, `30s`, `1.5m` or `2h`; a bare number counts in `bareUnit`.
 *
 * Returns whole milliseconds, from 1 to what a timer can hold, or nothing when the text is something else.
 */
export function parseDuration(text: string, bareUnit: keyof typeof UNITS_MS): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const durationMs = Math.round(Number(amount) * UNITS_MS[(unit as keyof typeof UNITS_MS | undefined) ?? bareUnit]);
  return durationMs >= 1 && durationMs <= LONGEST_MS ? durationMs : undefined;
}

/** Say a delay: `40 ms`, `0.4 s`, `12 s`, `3 min`. */
export function showDelay(delayMs: number): string {
  if (delayMs < 100) return `${Math.max(0, Math.round(delayMs))} ms`;
  if (delayMs < 9_950) return `${(delayMs / 1_000).toFixed(1)} s`;
  if (delayMs < 119_500) return `${Math.round(delayMs / 1_000)} s`;
  return `${Math.round(delayMs / 60_000)} min`;
}

/** Say how long something has lasted, in at most six characters: `4s`, `12m`, `3h05m`, `12d`. */
export function showAge(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  if (seconds < 100) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${String(minutes % 60).padStart(2, '0')}m` : `${Math.floor(hours / 24)}d`;
}
