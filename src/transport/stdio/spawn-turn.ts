/**
 * One spawn in each turn of the event loop. The system holds up the host until the new process has been executed, ten
 * milliseconds each when many are started at once: in between, those that run already are answered, and so is everybody else.
 */

import { inNextTurn } from '../../clock.ts';

const waiting: (() => void)[] = [];
let isTaken = false;

/** Take the next turn: nothing to wait for where none was taken in this turn of the loop. Never rejects. */
export function spawnTurn(): Promise<void> | undefined {
  if (isTaken) return new Promise((resolve) => waiting.push(resolve));
  take();
  return undefined;
}

function take(): void {
  isTaken = true;
  inNextTurn(() => {
    isTaken = false;
    const next = waiting.shift();
    if (next === undefined) return;
    take();
    next();
  });
}
