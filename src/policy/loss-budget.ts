/**
 * How many lives a connection may lose. Pure. Attempts that fail are one budget, and service refunds it; a server that
 * serves a little in each life would refund it for ever, so the lives themselves are a second one, refunded by time.
 */

/**
 * Count one more life that was lost, after the time it served has taken earlier ones away.
 *
 * **Units** lives, with fractions; milliseconds in `ready`, and milliseconds in `ready` that take one life away.
 * **Bounds** at least 1. A server that always serves less than `refundEveryMs` reaches any budget `n` within
 * `n / (1 - servedMs / refundEveryMs)` lives, rounded up; one that serves longer never reaches 2.
 */
export function lossesAfter(losses: number, servedMs: number, refundEveryMs: number): number {
  return Math.max(0, losses - servedMs / refundEveryMs) + 1;
}
