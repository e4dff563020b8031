/** What becomes of a question to the host whose server dies while it waits: the same, whoever is asked. */

import { expect } from 'vitest';
import type { AskingContext } from '../../src/asking/asking.ts';
import { rejection, type Stand } from './stand.ts';
import type { TransportUnderTest } from './transport-under-test.ts';

/** A handler that never answers, on a stand of its own. */
type Asked = (handler: (question: unknown, context: AskingContext) => Promise<never>) => Stand;

/** Kill the server in the middle of a question: the handler is told, the call is lost, and no failure is. */
export async function expectLostQuestion(
  transport: TransportUnderTest,
  standOf: Asked,
  ask: (stand: Stand) => Promise<unknown>,
): Promise<void> {
  let asked: (signal: AbortSignal) => void = () => {};
  const signalled = new Promise<AbortSignal>((resolve) => {
    asked = resolve;
  });
  await using server = await transport.start();
  await using stand = standOf((_question, { signal }) => {
    asked(signal);
    return new Promise(() => {});
  });
  await stand.add(server);

  const lost = rejection(ask(stand));
  const signal = await signalled;
  expect(signal.aborted).toBe(false);
  await server.kill();
  await stand.reached('reconnecting');

  expect(signal.aborted).toBe(true);
  expect((await lost).error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
  expect([...stand.of('elicitation.failed'), ...stand.of('sampling.failed')]).toEqual([]);
  await server.revive();
}
