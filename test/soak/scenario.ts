/**
 * What happens to the servers, and when: an endless list of actions drawn from a seed. Decides; never acts.
 */

import type { Chance } from '../../src/testing/chance.ts';

/** What can be done to a server. */
export type Action =
  /** SIGKILL. An HTTP server comes back after `downMs`. */
  | { readonly do: 'kill'; readonly downMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | { readonly do: 'freeze'; readonly forMs: number }
  /** The process ends by itself in the middle of a call that was carried out. */
  | { readonly do: 'exit in a call'; readonly downMs: number }
  /** The stream of the reply ends after the call was carried out. */
  | { readonly do: 'cut a reply' }
  /** The connection of the reply is reset after the call was carried out. */
  | { readonly do: 'reset a reply'; readonly downMs: number }
  /** All streams end, or all sockets are reset. */
  | { readonly do: 'cut all streams' }
  | { readonly do: 'reset all sockets'; readonly downMs: number }
  /** Text that is no message, on every stream. */
  | { readonly do: 'garbage'; readonly text: string }
  /** The next `times` calls are taken up late. */
  | { readonly do: 'slow replies'; readonly ms: number; readonly times: number }
  /** Begin the next reply and never end it. */
  | { readonly do: 'half a reply' }
  /** HTTP: forget all sessions, so that each is answered with 404. */
  | { readonly do: 'forget sessions' }
  /** HTTP: refuse the next `times` messages with this status. */
  | { readonly do: 'refuse'; readonly status: number; readonly times: number }
  /** HTTP: drop the connections of the next `times` messages. */
  | { readonly do: 'drop requests'; readonly times: number }
  | { readonly do: 'flood'; readonly times: number }
  | { readonly do: 'retryServer' }
  | { readonly do: 'replaceServer' }
  | { readonly do: 'removeServer and addServer' };

/** One action, its place, and the pause before it. */
export interface Step {
  readonly pauseMs: number;
  /** Index of the server. */
  readonly target: number;
  readonly action: Action;
}

const GARBAGE = [
  'not json\n',
  '{"half": \n',
  'null\n',
  '[[]]\n',
  '\u0000\u0001\n',
  '{"jsonrpc":"2.0","id":"nobody","result":{}}\n',
];

/** Draw the next step. `serverCount` servers; pauses are `meanPauseMs` on average. */
export function nextStep(chance: Chance, serverCount: number, meanPauseMs: number): Step {
  return {
    pauseMs: chance.whole(meanPauseMs / 4, (meanPauseMs * 7) / 4),
    target: chance.whole(0, serverCount - 1),
    action: nextAction(chance),
  };
}

function nextAction(chance: Chance): Action {
  const downMs = chance.pick([10, 100, 400, 1_500]);
  const draw = chance.pick<() => Action>([
    () => ({ do: 'kill', downMs }),
    () => ({ do: 'kill', downMs }),
    () => ({ do: 'freeze', forMs: chance.pick([150, 600, 1_500, 3_000]) }),
    () => ({ do: 'freeze', forMs: chance.pick([150, 600, 1_500, 3_000]) }),
    () => ({ do: 'exit in a call', downMs }),
    () => ({ do: 'exit in a call', downMs }),
    () => ({ do: 'cut a reply' }),
    () => ({ do: 'reset a reply', downMs }),
    () => ({ do: 'cut all streams' }),
    () => ({ do: 'reset all sockets', downMs }),
    () => ({ do: 'garbage', text: chance.pick(GARBAGE) }),
    () => ({ do: 'slow replies', ms: chance.pick([50, 200, 600]), times: chance.whole(1, 8) }),
    () => ({ do: 'half a reply' }),
    () => ({ do: 'forget sessions' }),
    () => ({ do: 'refuse', status: chance.pick([400, 404, 429, 500, 503]), times: chance.whole(1, 3) }),
    () => ({ do: 'drop requests', times: chance.whole(1, 3) }),
    () => ({ do: 'flood', times: chance.whole(10, 500) }),
    () => ({ do: 'retryServer' }),
    () => ({ do: 'replaceServer' }),
    () => ({ do: 'removeServer and addServer' }),
  ]);
  return draw();
}
