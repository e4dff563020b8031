/** The quantities that a configuration is made of, and what they may be. */

import { z } from 'zod';
import { MAX_TIMER_MS } from '../clock.ts';

/** A duration in whole milliseconds that a timer can hold. */
export const durationMs = z.number().int().min(1).max(MAX_TIMER_MS);

/** How many of something, at least one. */
export const count = z.number().int().min(1).max(1_000_000_000);
