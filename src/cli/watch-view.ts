/** What `watch` shows, and to whom: a program, a pipe or a person. */

import type { Explanation, RuntimeEvent } from '../index.ts';
import type { Channel } from './channel.ts';
import { plainLine } from './event-line.ts';
import { showJson, showText } from './showable.ts';

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

/** The view, and below each event that says that a server serves no more why that is so, at length. */
export function explainingView(
  view: WatchView,
  explain: (server: string) => Explanation | undefined,
  show: (explanation: Explanation) => void,
): WatchView {
  return {
    ...view,
    event: (event) => {
      view.event(event);
      if (event.type !== 'state.changed' || event.cause === undefined) return;
      const isLost = event.from === 'ready' || event.to === 'closed' || event.parked === true;
      const explanation = isLost ? explain(event.server) : undefined;
      if (explanation !== undefined) show(explanation);
    },
  };
}

/** Write an explanation below an event: for programs as an object of its own, for readers set in. */
export function writeExplanation(out: Channel, explanation: Explanation, json: boolean): void {
  if (json) out.line(showJson({ type: 'explanation', ...explanation }));
  else out.line(showText(explanation.text).replaceAll(/^/gm, '    '));
}

function lineView(out: Channel, write: (event: RuntimeEvent) => string): WatchView {
  return { event: (event) => out.line(write(event)), closing: () => {}, end: () => {} };
}
