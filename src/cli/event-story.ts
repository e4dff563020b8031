/** What each event means to a person, in words that hold no colours and fit any layout. */

import { describeFault, type Fault, type RuntimeEvent, type SessionRestored, type StateChange } from '../index.ts';
import { showDelay } from './duration.ts';
import { shownState } from './shown-state.ts';

/** An event in words. The texts may hold what a server wrote: make them safe before printing. */
export interface EventStory {
  /** One or two words, at most twelve characters. */
  readonly title: string;
  /** The same detail, from complete to short; a reader takes the first that fits. */
  readonly details: readonly [string, ...string[]];
}

/** How a person calls the entries of a list. */
const LIST_WORDS = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'templates',
} as const;

/** Say what an event means. */
export function tellEvent(event: RuntimeEvent): EventStory {
  switch (event.type) {
    case 'state.changed':
      return {
        title: shownState({ state: event.to, parked: event.parked, held: event.held }),
        details: detailsOf(event),
      };
    case 'server.added':
      return { title: 'added', details: [''] };
    case 'server.removed':
      return { title: 'removed', details: ['nothing of it is left'] };
    case 'server.restarted':
      return { title: 'restarted', details: [`${describeFault(event.cause)} (restart ${event.restarts})`] };
    case 'server.escalated':
      return { title: 'escalated', details: [`it crashed too often: ${describeFault(event.cause)}`] };
    case 'server.replaced': {
      const { epoch, previousEpoch, reason } = event;
      return {
        title: reason,
        details: [epoch === previousEpoch ? 'the present one ends first' : `epoch ${epoch} serves`],
      };
    }
    case 'replacement.changed':
      return { title: 'replacement', details: [`${event.to}, epoch ${event.epoch}`] };
    case 'replacement.failed': {
      const why = event.cause === undefined ? 'nobody waits for it any more' : describeFault(event.cause);
      return { title: 'kept', details: [`the one that was to take over is gone: ${why}`] };
    }
    case 'connection.retired':
      return { title: 'retired', details: [`epoch ${event.epoch} is gone`] };
    case 'heartbeat.disabled':
      return { title: 'unwatched', details: ['it talks, but leaves questions for signs of life unanswered'] };
    case 'heartbeat.missed':
      return { title: 'suspect', details: [`missed ${event.missed} heartbeat${event.missed === 1 ? '' : 's'}`] };
    case 'release.failed': {
      const how = event.reason === 'timed-out' ? 'took too long' : 'failed';
      return { title: 'forced', details: [`releasing its ${event.resource} ${how}, so it was ended by force`] };
    }
    case 'catalog.changed': {
      const { added, removed, changed } = event;
      const names = [...signed('+', added), ...signed('-', removed), ...signed('~', changed)].join(' ');
      return { title: `new ${LIST_WORDS[event.list]}`, details: [names] };
    }
    case 'entries.rejected': {
      const named = event.rejected
        .map(({ name, reason }) => `${name === '' ? '(no name)' : name} (${reason})`)
        .join(', ');
      const more = event.count > event.rejected.length ? ` and ${event.count - event.rejected.length} more` : '';
      const what = LIST_WORDS[event.list];
      return { title: 'left out', details: [`${what} that cannot be used: ${named}${more}`, `${event.count} ${what}`] };
    }
    case 'session.restored':
      return { title: 'session', details: [describeRestoration(event)] };
    case 'resource.updated':
      return { title: 'updated', details: [`${event.uri}${event.missed ? ', perhaps while it was away' : ''}`] };
    case 'log.received': {
      const { level, logger, data } = event;
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      return { title: 'log', details: [`${level}${logger === undefined ? '' : ` ${logger}`}: ${text}`] };
    }
    case 'authorization.required':
      // The URL is for the person who is asked, not for a log.
      return { title: 'authorize', details: ['a person has to authorize this client'] };
    case 'elicitation.failed':
      return { title: 'no answer', details: [`a question to a person was cancelled: ${event.reason}`] };
    case 'elicitation.completed':
      return { title: 'answered', details: ['a person is done with a page'] };
    case 'sampling.failed':
      return { title: 'no answer', details: [`a request for the model was refused: ${event.reason}`] };
    case 'call.retried':
      return {
        title: 'retried',
        details: [`${event.method} (${event.outcome}), again in ${showDelay(event.delayMs)}`],
      };
    case 'result.unchecked':
      return {
        title: 'unchecked',
        details: [`results of ${event.tool}: its output schema is of no use (${event.reason})`],
      };
    case 'world.frozen':
      return { title: 'no network', details: ['connections to other hosts are held until it is back'] };
    case 'world.thawed': {
      const { reason, gapMs = 0, released } = event;
      const what =
        reason === 'network-back' ? 'the network is back' : `the clock jumped by ${showDelay(Math.abs(gapMs))}`;
      return { title: 'released', details: [`${what}; ${released} connections go on one by one`, what] };
    }
    case 'process.reaped':
      return { title: 'reaped', details: [`process group ${event.pid}, left behind by a host that was killed`] };
    case 'ledger.failed':
      return { title: 'no ledger', details: [`the ledger of processes failed to ${event.operation}: ${event.reason}`] };
    case 'listener.failed':
      return { title: 'listener', details: [`${event.error} on ${event.event}`] };
    case 'events.dropped':
      return { title: 'dropped', details: [`${event.count} events`] };
  }
}

/** Say a fault without the stderr that it may quote. */
export function describeBriefly(fault: Fault): string {
  return describeFault(fault.kind === 'process-exited' ? { ...fault, stderr: [] } : fault);
}

function detailsOf({ to, attempt, epoch, cause, retryInMs, parked, held }: StateChange): [string, ...string[]] {
  if (to === 'connecting' && attempt > 1) return [`epoch ${epoch}, attempt ${attempt}`];
  if (to !== 'reconnecting' && to !== 'closed') return [`epoch ${epoch}`];
  // That it was closed is what the state says.
  if (cause === undefined) return [''];
  const [full, brief] = [describeFault(cause), describeBriefly(cause)];
  if (held) return [`waits for the network; ${full}`, `waits for the network; ${brief}`, 'waits for the network'];
  if (retryInMs === undefined || parked) return [full, brief];
  const next = `next try in ${showDelay(retryInMs)}`;
  return [`${full}; ${next}`, `${brief}; ${next}`, brief];
}

function describeRestoration({ loggingLevel, subscriptions, failed }: SessionRestored): string {
  const level = loggingLevel === undefined ? [] : [`log level ${loggingLevel}`];
  const { length } = subscriptions;
  const count = length === 0 ? [] : [`${length} subscription${length === 1 ? '' : 's'}`];
  const back = [...level, ...count].join(', ');
  const losses = failed.map(({ what, uri, reason }) => `${uri ?? what} (${reason})`).join(', ');
  return [...(back === '' ? [] : [`${back} brought back`]), ...(losses === '' ? [] : [`not ${losses}`])].join('; ');
}

function signed(sign: string, names: readonly string[]): string[] {
  return names.map((name) => `${sign}${name}`);
}
