/** Waits until something is true of a server: woken by changes, bounded, cancellable, and never left behind. */

import { type Clock, MAX_TIMER_MS, type Timer } from '../clock.ts';
import type { ConnectionState } from '../connection-state.ts';
import { SupervisorError } from '../errors.ts';
import type { Directory } from './directory.ts';
import type { ServerInfo } from './server-info.ts';

/** What a look at a server says: go on waiting, or how the wait ends. */
export type Verdict<T> = { readonly kind: 'wait' } | { readonly kind: 'done'; readonly value: T };

/** What to look at, and how long to wait. */
export interface WaitOptions {
  readonly clock: Clock;
  /** The servers whose changes are worth another look. */
  readonly servers: readonly string[];
  readonly timeoutMs?: number | undefined;
  /** Made when the wait takes too long. */
  readonly late?: (() => Error) | undefined;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Look now and after each change of those servers until the look says `done`. What the look throws is what the wait rejects with. */
export function waitUntil<T>(directory: Directory, look: () => Verdict<T>, options: WaitOptions): Promise<T> {
  const { clock, servers, timeoutMs, late, signal } = options;
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined;
    const settle = (act: () => void) => {
      unwatch();
      signal?.removeEventListener('abort', abort);
      if (timer !== undefined) clock.clearTimeout(timer);
      act();
    };
    const abort = () => settle(() => reject(signal?.reason));
    const check = () => {
      try {
        const verdict = look();
        if (verdict.kind === 'done') settle(() => resolve(verdict.value));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const unwatch = directory.watch(servers, check);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    if (timeoutMs !== undefined && late !== undefined) {
      timer = clock.setTimeout(() => settle(() => reject(late())), Math.min(timeoutMs, MAX_TIMER_MS));
    }
    check();
  });
}

/** Resolve when a server is in a state. Rejects with `SupervisorError` when it is unknown, or removed meanwhile. */
export async function inState(
  directory: Directory,
  server: string,
  state: ConnectionState,
  options: Pick<WaitOptions, 'clock' | 'signal'>,
): Promise<ServerInfo> {
  directory.require(server);
  const look = (): Verdict<ServerInfo> => {
    const info = directory.info(server);
    if (info === undefined) {
      throw new SupervisorError('SERVER_REMOVED', `'${server}' was removed before it was ${state}`, { server });
    }
    return info.state === state ? { kind: 'done', value: info } : { kind: 'wait' };
  };
  return await waitUntil(directory, look, { ...options, servers: [server] });
}
