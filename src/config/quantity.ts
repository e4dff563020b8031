/** The quantities that a configuration is made of, and what they may be. */

import { z } from 'zod';
import { MAX_TIMER_MS } from '../clock.ts';

/** The most of something that may be counted. */
export const MAX_COUNT = 1_000_000_000;

/** Accepts a whole number from one on. */
export const makeWholeNumber = (highest: number) => z.number().int().min(1).max(highest);

/** Accepts a duration in whole milliseconds that a timer can hold. */
export const makeDurationMs = () => makeWholeNumber(MAX_TIMER_MS);

/** Accepts how many of something there are, at least one. */
export const makeCount = () => makeWholeNumber(MAX_COUNT);
