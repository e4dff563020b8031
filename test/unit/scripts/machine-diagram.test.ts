import { describe, expect, it } from 'vitest';
import { and, createMachine, not } from 'xstate';
import { type ChartNode, machineDiagram } from '../../../scripts/docs/machine-diagram.ts';

function diagramLines(machine: { readonly root: ChartNode }): string[] {
  return machineDiagram(machine.root)
    .split('\n')
    .map((line) => line.trim());
}

describe('machineDiagram', () => {
  it('draws states, the initial one, transitions, delays and the final one', () => {
    const machine = createMachine({
      initial: 'off',
      states: {
        off: { on: { press: 'on' } },
        on: { after: { 500: 'off', burnOut: 'dead' } },
        dead: { type: 'final' },
      },
    });

    expect(machineDiagram(machine.root)).toBe(
      [
        'stateDiagram-v2',
        '  [*] --> off',
        '  off',
        '  on',
        '  dead',
        '  off --> on : press',
        '  on --> off : after 500 ms',
        '  on --> dead : after burnOut',
        '  dead --> [*]',
      ].join('\n'),
    );
  });

  it('nests states, and names those apart that share a key', () => {
    const machine = createMachine({
      initial: 'a',
      states: {
        a: { initial: 'idle', states: { idle: { on: { go: 'busy' } }, busy: {} } },
        b: { initial: 'idle', states: { idle: {} } },
      },
    });

    expect(diagramLines(machine)).toEqual([
      'stateDiagram-v2',
      '[*] --> a',
      'state a {',
      '[*] --> a_idle',
      'state "idle" as a_idle',
      'busy',
      'a_idle --> busy : go',
      '}',
      'state b {',
      '[*] --> b_idle',
      'state "idle" as b_idle',
      '}',
    ]);
  });

  it('draws a line that leaves or enters a compound state between neighbours, and says what it leaves and enters', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: { initial: 'x', states: { x: { always: { guard: 'isReady', target: '#m.b.q' } } } },
        b: { initial: 'p', states: { p: { on: { back: '#m.a' } }, q: { on: { back: '#m.a.x' } } } },
      },
    });

    expect(diagramLines(machine)).toEqual(
      expect.arrayContaining(['a --> b : [isReady] (from x) (to q)', 'b --> a : back (from p)<br/>back (from q)']),
    );
  });

  it('draws a transition of a compound state into itself from each child that does not answer the event', () => {
    const machine = createMachine({
      initial: 'a',
      on: { close: '.c' },
      states: { a: {}, b: { on: { close: {} } }, c: {}, d: { on: { close: { guard: 'isLate', target: 'a' } } } },
    });

    const lines = diagramLines(machine).filter((line) => line.includes(' : '));

    expect(lines).toEqual(['a --> c : close', 'd --> c : close', 'd --> a : close [isLate]']);
  });

  it('draws a self-transition of a child that is entered again', () => {
    const machine = createMachine({
      initial: 'a',
      states: { a: { initial: 'x', on: { again: { target: '.x', reenter: true } }, states: { x: {} } } },
    });

    expect(diagramLines(machine)).toContain('x --> x : again');
  });

  it('leaves out what changes no state', () => {
    const machine = createMachine({ initial: 'a', states: { a: { on: { note: { actions: 'log' }, none: {} } } } });

    expect(diagramLines(machine)).toEqual(['stateDiagram-v2', '[*] --> a', 'a']);
  });

  it('says guards and the ends of actors in words', () => {
    const machine = createMachine({
      initial: 'a',
      states: {
        a: {
          on: {
            go: { guard: and(['isFirst', not('isLast')]), target: 'b' },
            'xstate.done.actor.epoch': 'b',
            'xstate.error.actor.*': 'b',
            '*': { guard: { type: 'isAny' }, target: 'b' },
          },
        },
        b: {},
      },
    });

    expect(diagramLines(machine)).toContain(
      'a --> b : go [isFirst and not isLast]<br/>epoch ended<br/>an actor crashed<br/>any other event [isAny]',
    );
  });

  it('parts the regions of a parallel state', () => {
    const machine = createMachine({
      initial: 'p',
      states: { p: { type: 'parallel', states: { l: { initial: 'x', states: { x: {} } }, r: {} } } },
    });

    expect(diagramLines(machine)).toEqual([
      'stateDiagram-v2',
      '[*] --> p',
      'state p {',
      'state l {',
      '[*] --> x',
      'x',
      '}',
      '--',
      'r',
      '}',
    ]);
  });
});
