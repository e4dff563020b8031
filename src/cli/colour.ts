/** Decides whether a stream is written to in colour. Colours only repeat what a word says already. */

import picocolors from 'picocolors';

/** Functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof picocolors.createColors>;

/** What decides about colour. */
export interface ColourContext {
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Choose the colours of one stream: none with `NO_COLOR`, always with `FORCE_COLOR`, otherwise on a terminal that is
 * not dumb. A pipe stays plain also where a `CI` variable is set.
 */
export function chooseColours({ isTerminal, env }: ColourContext): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  const isRefused = (NO_COLOR !== undefined && NO_COLOR !== '') || FORCE_COLOR === '0' || FORCE_COLOR === 'false';
  return picocolors.createColors(!isRefused && (isForced || (isTerminal && TERM !== 'dumb')));
}
