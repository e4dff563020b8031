/** Makes tests of the rows of one group: each fault on each of its transports, with nothing left after each. */

import { describe, expect, it } from 'vitest';
// What is loaded with the first connection must not count against the first fault.
import '../../src/link/initialize-link.ts';
import '../../src/transport/http/sse-carrier.ts';
import '../../src/transport/http/streamable-http-carrier.ts';
import '../../src/transport/in-process/in-process-carrier.ts';
import '../../src/transport/stdio/process-carrier.ts';
import { watchLeaks } from '../../src/testing/leaks/leak-watch.ts';
import { expectCleanEpochs, expectNothingLeft } from '../contract/evidence.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { type Act, NEIGHBOUR, openAct } from './act.ts';
import { GROUPS, type GroupName } from './table/groups.ts';
import { isPlayed, type PlayedFault, type Scene, type Sees, seenOn } from './table/row.ts';
import { fits } from './track.ts';

const READY = ['1 connecting', '1 initializing', '1 ready'];
/** How long the call after the fault may take, where it is to be answered, and where it is not. */
const NEXT_MS = 8_000;
const UNANSWERED_MS = 300;
/** Whatever happened, nothing of it holds up the end: shorter than any connection is kept alive. */
const CLOSE_MS = 2_500;

/** Make the tests of one group. */
export function runGroup(name: GroupName): void {
  watchForLeaks();
  for (const row of GROUPS[name].rows.filter(isPlayed)) {
    describe(row.id, () => {
      it.each(row.on)(`${row.title} [%s]`, async (kind) => {
        const leaks = watchLeaks();
        await play(row, kind);
        await leaks.assertNone();
      });
    });
  }
}

/** Play one row on one transport, and assert all that it says. */
export async function play(row: PlayedFault, kind: Scene['kind']): Promise<void> {
  const sees = seenOn(row, kind);
  await using act = await openAct(row, TRANSPORTS[kind]);
  if (row.when === 'closing') await playClosing(act, sees);
  else await playOpen(act, sees);
  await row.also?.(act.scene);
  await expectHealthyNeighbour(act);
  const closedMs = performance.now();
  await act.stand.mcp.close();
  expect(performance.now() - closedMs, 'time to close').toBeLessThan(CLOSE_MS);
  if (act.scripted === undefined) return;
  await expectNothingLeft(act.scripted);
  expectCleanEpochs(act.scripted);
}

async function playOpen(act: Act, sees: Sees): Promise<void> {
  const { row, scripted, stand, scene, track } = act;
  await act.begin();
  const isStruckFirst = row.call !== undefined && row.call.underWay === undefined;
  let struckMs = performance.now();
  if (isStruckFirst) await row.strike?.(scene);
  const call = act.call();
  if (!isStruckFirst) {
    if (row.call?.underWay !== undefined) await scripted?.journal.waitFor(row.call.underWay);
    struckMs = performance.now();
    await row.strike?.(scene);
  }
  await (act.isOpening || call === undefined ? track.shows(sees.states) : call);
  const elapsedMs = performance.now() - struckMs;
  await row.cure?.(scene);
  if (call !== undefined) expectEnding(await call, sees.call ?? 'answered', stand);
  await Promise.all(scene.beside);
  await track.reaches(sees.states);
  const wanted = sees.next ?? 'answered';
  expectEnding(await act.ending(act.next(wanted === 'answered' ? NEXT_MS : UNANSWERED_MS)), wanted, stand);

  expect(elapsedMs, `time until it is known\n${stand.story()}`).toBeLessThan(sees.within.ms);
  expectStates(act, sees);
  const last = track.steps().at(-1);
  if (act.isOpening && last?.startsWith('closed: ')) {
    expect(await act.ending(act.addAgain())).toBe(`CONNECT_FAILED ${last.slice('closed: '.length)}`);
  }
  if (scripted === undefined) return;
  if (call !== undefined) expectExecutions(act, sees);
  expect(act.nextExecutions(), 'executions of the next call').toBe(wanted === 'answered' ? 1 : 0);
}

async function playClosing(act: Act, sees: Sees): Promise<void> {
  const { row, scripted, stand, scene } = act;
  await act.begin();
  const call = act.call();
  if (row.call?.underWay !== undefined) await scripted?.journal.waitFor(row.call.underWay);
  await row.strike?.(scene);
  const closedMs = performance.now();
  await stand.mcp.close({ force: row.force ?? false });
  const elapsedMs = performance.now() - closedMs;

  expect(elapsedMs, 'time to close').toBeLessThan(sees.within.ms);
  expectStates(act, sees);
  if (call !== undefined) expectEnding(await call, sees.call ?? 'answered', stand);
  if (call !== undefined && scripted !== undefined) expectExecutions(act, sees);
  expectEnding(await act.ending(act.next(UNANSWERED_MS)), sees.next ?? 'SUPERVISOR_CLOSED', stand);
  await row.cure?.(scene);
}

function expectExecutions(act: Act, { call, executed }: Sees): void {
  const count = act.executions();
  if (executed === 'at most once') expect(count, 'executions').toBeLessThanOrEqual(1);
  else expect(count, 'executions').toBe(executed ?? (call === undefined || call === 'answered' ? 1 : 0));
}

function expectEnding(ending: string, wanted: string, stand: Act['stand']): void {
  expect(`${ending} `.startsWith(`${wanted} `), `'${ending}' is not '${wanted}'\n${stand.story()}`).toBe(true);
}

function expectStates({ row, track, stand }: Act, { states }: Sees): void {
  const steps = row.forever ? track.steps().slice(0, states.length) : track.steps();
  expect(fits(steps, states), `states: ${steps.join(', ')}\n${stand.story()}`).toBe(true);
}

async function expectHealthyNeighbour({ row, stand, neighbour }: Act): Promise<void> {
  if (row.neighbour === undefined) return;
  await neighbour;
  if (row.when !== 'closing') expect(await stand.text('add', { a: 1, b: 2 }, NEIGHBOUR)).toBe('3');
  expect(stand.states(NEIGHBOUR).slice(0, READY.length + 1)).toEqual(READY);
}
