import { describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../../../src/connection/events.ts';
import { connectionMachine } from '../../../src/connection/machine.ts';
import { CONNECTION_STATES } from '../../../src/connection-state.ts';
import { isInnermost, nodesOf, unanswered } from '../../ground/answers.ts';

const EVENT_TYPES = [
  'close',
  'retry',
  'freeze',
  'thaw',
  'start.queued',
  'start.admitted',
  'transport.opened',
  'link.initialized',
  'heartbeat.missed',
  'heartbeat.answered',
  'heartbeat.disabled',
  'wear.noticed',
  'release.failed',
  'epoch.faulted',
  'xstate.done.actor.epoch',
] as const satisfies readonly ConnectionEvent['type'][];

// Fails to compile when an event is added that the walk below does not know.
const FORGOTTEN: Exclude<ConnectionEvent['type'], (typeof EVENT_TYPES)[number]> extends never ? [] : never = [];

/** A crash must reach the supervisor, so no state of a connection may catch it. */
const CRASH = 'xstate.error.actor.epoch';

const machine = connectionMachine();

describe('the chart of a connection', () => {
  it('has exactly the five public states, in the order of a life', () => {
    expect(Object.keys(machine.root.states)).toEqual([...CONNECTION_STATES]);
  });

  it('knows exactly the events of its type, and timers', () => {
    const descriptors = machine.events.filter((descriptor) => !descriptor.startsWith('xstate.after.'));

    expect([...descriptors].sort()).toEqual([...EVENT_TYPES].sort());
    expect(FORGOTTEN).toEqual([]);
  });

  it('answers every event in every state, and says why where it answers with nothing', () => {
    expect(unanswered(machine.root, EVENT_TYPES)).toEqual([]);
  });

  it('lets a crash of the epoch through in every state', () => {
    const nodes = [machine.root, ...nodesOf(machine.root)];
    const catching = nodes.filter((node) => node.ownEvents.some((type: string) => type === CRASH || type === '*'));

    expect(catching.map((node) => node.id)).toEqual([]);
  });

  it('has no final state: its supervisor ends it', () => {
    const leaves = nodesOf(machine.root).filter(isInnermost);

    expect(leaves.map((node) => node.type)).toEqual(leaves.map(() => 'atomic'));
  });
});
