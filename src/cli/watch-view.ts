/** What `watch` shows, and to whom: a program, a pipe or a person. */

import type { RuntimeEvent } from '../index.ts';
import type { Channel } from './channel.ts';
import { plainLine } from './event-line.ts';
import { showJson } from './showable.ts';

/** Shows the course of events. */
export interface WatchView {
  /** Something happened. */
  event(event: RuntimeEvent): void;
  /** From now on everything is closed. */
  closing(): void;
  /** Everything is closed, or is given up: show nothing more. Idempotent. */
  end(): void;
}

/** For programs: each event as one line of JSON, and nothing else. */
export function jsonView(out: Channel): WatchView {
  return lineView(out, showJson);
}

/** For pipes and files: each event as one line of text. */
export function plainView(out: Channel): WatchView {
  return lineView(out, plainLine);
}

function lineView(out: Channel, write: (event: RuntimeEvent) => string): WatchView {
  return { event: (event) => out.line(write(event)), closing: () => {}, end: () => {} };
}
