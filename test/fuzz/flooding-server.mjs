/**
 * A stdio server that is proper until a tool is called, and then writes one line as fast as it can for some time.
 * Arguments: the line, and `stdout` or `stderr`.
 */

import { writeSync } from 'node:fs';

const [line = '', pipe] = process.argv.slice(2);
const FLOOD_MS = 3_000;
const results = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'flooding', version: '1.0.0' },
  },
  'tools/list': { tools: [{ name: 'a', inputSchema: { type: 'object' } }] },
};
let rest = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const each of lines) {
    const { id, method } = JSON.parse(each);
    if (id === undefined) continue;
    if (method === 'tools/call') flood();
    else write(1, Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} })}\n`));
  }
});
process.stdin.on('end', () => process.exit(0));

function flood() {
  const bytes = Buffer.from(`${line}\n`.repeat(Math.ceil(65_536 / (line.length + 1))));
  const untilMs = Date.now() + FLOOD_MS;
  while (Date.now() < untilMs) write(pipe === 'stderr' ? 2 : 1, bytes);
}

function write(fd, bytes) {
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      // The client has had enough.
      if (error.code !== 'EAGAIN') process.exit(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
