/**
 * The root machine: it starts, restarts, replaces and disposes connections. One server's end never touches
 * another's life; disposal is strictly the reverse of start, each child within its own deadline and all of
 * them within one.
 */

import { once } from '../once.ts';
import { supervisorSetup } from './behaviour.ts';

/** An event that is answered by nothing, and why. */
const ignore = (reason: string) => ({ description: reason });

/** The machine of all supervisors of this process. */
export const supervisorMachine = once(() =>
  supervisorSetup().createMachine({
    id: 'supervisor',
    initial: 'running',
    context: ({ input }) => ({ ...input, children: [], frozen: false, drainUntilMs: 0 }),
    on: {
      'restart.forgotten': { actions: 'forgetRestart' },
    },
    states: {
      running: {
        on: {
          'server.add': { actions: 'add' },
          'server.remove': { actions: 'remove' },
          'server.replace': { actions: 'replace' },
          'replacement.cancel': { actions: 'cancelReplacement' },
          'server.retry': { actions: 'retry' },
          'connection.changed': { actions: 'judge' },
          'connection.released': { actions: 'released' },
          'connection.failed': { actions: 'answerExit' },
          'connection.worn': { actions: 'recycle' },
          'xstate.error.actor.*': [{ guard: 'wasStopping', actions: 'released' }, { actions: 'answerExit' }],
          'network.lost': { actions: 'freeze' },
          'network.returned': { actions: 'thaw' },
          'clock.jumped': { actions: 'passJump' },
          close: { target: 'closing', actions: ['grantDrain', 'forgoReplacements'] },
          'close.force': { target: 'closed', actions: 'abandonAll' },
        },
      },
      closing: {
        initial: 'child',
        entry: 'dropIdle',
        after: { closeDeadline: { target: 'closed', actions: 'abandonAll' } },
        on: {
          'server.add': ignore('nothing is started any more'),
          'server.remove': ignore('everything is being removed'),
          'server.replace': ignore('nothing is started any more'),
          'replacement.cancel': ignore('everything is being removed'),
          'server.retry': ignore('nothing is started any more'),
          'connection.changed': ignore('nothing is started any more'),
          'connection.worn': ignore('nothing takes over any more'),
          'connection.failed': ignore('it is closed in its turn'),
          'network.lost': ignore('nothing is tried any more'),
          'network.returned': ignore('nothing is tried any more'),
          'clock.jumped': ignore('nothing is tried any more'),
          close: ignore('it is closing already'),
          'close.force': { target: 'closed', actions: 'abandonAll' },
        },
        states: {
          child: {
            entry: 'closeLast',
            always: { guard: 'isEmpty', target: '#supervisor.closed' },
            // Answered here: taken by the state above, they would enter it again and restart the total deadline.
            on: {
              'connection.released': { target: 'child', reenter: true, actions: 'released' },
              'xstate.error.actor.*': { target: 'child', reenter: true, actions: 'released' },
            },
            after: { childDeadline: { target: 'child', reenter: true, actions: 'abandonLast' } },
          },
        },
      },
      closed: { type: 'final' },
    },
  }),
);
