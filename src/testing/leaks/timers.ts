/**
 * Counts the timers that the code of a project, or this package, set and that are still pending, those that do not keep
 * the process alive included: Node does not list them. Replaces the global `setTimeout` and `setInterval`.
 */

/** A pending timer of ours. */
export interface PendingTimer {
  readonly delayMs: number;
  /** Where it was set: the innermost frame that is ours. */
  readonly place: string;
}

// Node marks a timer that has fired for the last time or was cleared.
type NodeTimer = NodeJS.Timeout & { readonly _destroyed: boolean };

/** The file and line of a stack frame; frames of Node itself have no path. */
const PATH = /(?:\(|at |file:\/\/)((?:\/|[A-Za-z]:[\\/])[^)\s]+)/;
/** What packages do is theirs, this one excepted. */
const FOREIGN = /[\\/]node_modules[\\/](?!mcp-supervisor[\\/]dist)/;
const PRUNE_ABOVE = 1_000;

let timers: { readonly timer: NodeTimer; readonly delayMs: number; readonly place: string }[] = [];
let watching = false;

/** Begin to count. Timers that were set before are not seen. */
export function watchTimers(): void {
  if (watching) return;
  watching = true;
  globalThis.setTimeout = watched(globalThis.setTimeout);
  globalThis.setInterval = watched(globalThis.setInterval);
}

/** List the timers of ours that neither fired nor were cleared. */
export function pendingTimers(): PendingTimer[] {
  timers = timers.filter(({ timer }) => !timer._destroyed);
  return timers.map(({ delayMs, place }) => ({ delayMs, place }));
}

function watched<F extends typeof setTimeout | typeof setInterval>(original: F): F {
  const replacement = (
    callback: (...args: unknown[]) => void,
    delayMs?: number,
    ...args: unknown[]
  ): NodeJS.Timeout => {
    const timer = (original as typeof setTimeout)(callback, delayMs, ...args);
    const place = placeOf(new Error().stack);
    if (place !== undefined) {
      timers.push({ timer: timer as NodeTimer, delayMs: delayMs ?? 0, place });
      if (timers.length > PRUNE_ABOVE) pendingTimers();
    }
    return timer;
  };
  // `util.promisify` looks for its own form of the timer among the properties.
  return Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original)) as unknown as F;
}

function placeOf(stack = ''): string | undefined {
  const frames = stack.split('\n').slice(2);
  const places = frames.map((frame) => PATH.exec(frame)?.[1]).filter((path) => path !== undefined);
  return places.find((path) => !FOREIGN.test(path))?.replace(process.cwd(), '');
}
