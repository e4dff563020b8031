/** Draws one case of the fuzzer for a transport. A seed and a number give the same case, on any machine. */

import { type Chance, chanceOf } from '../../src/testing/chance.ts';
import { hostileEvents, hostileLines } from './framing.ts';
import { hostileMessage } from './messages.ts';
import { hostileHandshake, hostileList } from './opening.ts';
import { hostileResponse } from './responses.ts';
import { drawCuts, type FuzzCase, type Saying, type Utterance } from './utterance.ts';

export type Kind = 'stdio' | 'sse' | 'streamable_http';

/** Draw the case of this number. */
export function drawCase(kind: Kind, seed: number, number: number): FuzzCase {
  const chance = chanceOf(seed, number);
  const draw = chance.pick<() => FuzzCase>([
    () => inCall(kind, chance),
    () => inCall(kind, chance),
    () => inCall(kind, chance),
    () => inOpening(kind, chance, 'initialize'),
    () => inOpening(kind, chance, 'tools/list'),
    () => (kind === 'stdio' ? inCall(kind, chance) : onStream(chance)),
  ]);
  return draw();
}

function inCall(kind: Kind, chance: Chance): FuzzCase {
  const then = chance.pick(['reply', 'reply', 'nothing', 'end'] as const);
  if (kind === 'stdio') return fuzzCase('tools/call', hostileLines(chance), { then, as: 'events' }, chance);
  if (chance.isTrue(0.4)) return fuzzCase('tools/call', hostileResponse(chance), { then: 'end', as: 'socket' }, chance);
  if (kind === 'streamable_http' && chance.isTrue(0.3)) {
    return fuzzCase('tools/call', hostileMessage(chance), { then: 'end', as: 'json' }, chance);
  }
  return fuzzCase('tools/call', hostileEvents(chance), { then, as: 'events' }, chance);
}

/** A handshake or a list of tools: a strange one in a good frame, or whatever can be said in a call. */
function inOpening(kind: Kind, chance: Chance, point: 'initialize' | 'tools/list'): FuzzCase {
  if (chance.isTrue(0.25)) return { ...inCall(kind, chance), point };
  const { name, text } = point === 'initialize' ? hostileHandshake(chance) : hostileList(chance);
  const line = kind === 'stdio' ? `${text}\n` : `data: ${text}\n\n`;
  // On a stream of its own nothing comes after the reply.
  const then = kind === 'streamable_http' ? 'end' : 'nothing';
  return fuzzCase(point, { name, text: line }, { then, as: 'events' }, chance);
}

/** On the stream that a GET opens: the general one of Streamable HTTP, the only one of HTTP+SSE. */
function onStream(chance: Chance): FuzzCase {
  if (chance.isTrue(0.4)) return fuzzCase('GET', hostileResponse(chance), { then: 'end', as: 'socket' }, chance);
  const then = chance.pick(['nothing', 'end'] as const);
  return fuzzCase('GET', hostileEvents(chance), { then, as: 'events' }, chance);
}

function fuzzCase(
  point: FuzzCase['point'],
  saying: Saying,
  how: Pick<Utterance, 'then' | 'as'>,
  chance: Chance,
): FuzzCase {
  const cuts = drawCuts(chance);
  const name = `${point}: ${saying.name}, as ${how.as}, then ${how.then}, in ${cuts.length + 1} chunks`;
  return { name, point, utterance: { text: saying.text, cuts, ...how } };
}
