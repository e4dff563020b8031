/**
 * A stdio server that answers properly, unless a file says what to say at one point instead. Arguments: that file, and
 * the proper results by method.
 */

import { existsSync, readFileSync, writeSync } from 'node:fs';

const [file, json] = process.argv.slice(2);
const results = JSON.parse(json);
let count = 0;
let rest = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) if (line.trim() !== '') receive(JSON.parse(line));
});
process.stdin.on('end', () => process.exit(0));

function receive({ id, method }) {
  if (id === undefined || method === undefined) return;
  count += 1;
  const utterance = told(method);
  if (utterance !== undefined) {
    speak(utterance, id);
    if (utterance.then === 'end') process.exit(0);
    if (utterance.then === 'nothing') return;
  }
  // Whatever line was begun before is ended first.
  write(Buffer.from(`\n${JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} })}\n`));
}

function told(method) {
  if (!existsSync(file)) return undefined;
  const { point, utterance } = JSON.parse(readFileSync(file, 'utf8'));
  return point === method ? utterance : undefined;
}

function speak({ text, cuts }, id) {
  const whole = text.replaceAll('@ID@', JSON.stringify(id)).replaceAll('@N@', String(count));
  const places = [0, ...cuts.map((share) => Math.floor(share * whole.length)), whole.length].sort((a, b) => a - b);
  for (const [index, end] of places.slice(1).entries()) write(Buffer.from(whole.slice(places[index], end), 'latin1'));
}

function write(bytes) {
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      // The client has had enough.
      if (error.code !== 'EAGAIN') process.exit(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
