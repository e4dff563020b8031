/** A stdio server with one mood, its only argument: what it does to a user who connects to it and calls its tool. */

const [mood = 'good'] = process.argv.slice(2);
const results = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'moody', version: '1.0.0' },
  },
  'tools/list': { tools: [{ name: 'tool', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [] },
};
const CALLS = {
  silent: () => {},
  dies: () => {
    console.error('out of memory');
    process.exit(7);
  },
  invalid: (id) => say({ id, result: { content: 'no list' } }),
  untrue: (id) => say({ id, result: { content: [], structuredContent: { temperature: process.env.TOKEN } } }),
  refuses: (id) => say({ id, error: { code: -32_602, message: 'no such city:\nUtopia' } }),
};
let rest = '';

if (mood === 'untrue') {
  const [tool] = results['tools/list'].tools;
  tool.outputSchema = { type: 'object', properties: { temperature: { type: 'number' } } };
}
if (mood === 'hangs') console.error('waiting for a licence');
if (mood === 'exits') {
  console.error('cannot bind to port 80');
  console.error('giving up');
  process.exit(3);
}
process.stdin.setEncoding('utf8');
process.stdin.on('end', () => {
  if (mood !== 'stranger') process.exit(0);
});
if (mood === 'stranger') {
  // Of a revision that nobody speaks, and slow to leave.
  results.initialize.protocolVersion = '1999-01-01';
  setInterval(() => {}, 1_000);
}
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) receive(JSON.parse(line));
});

function receive({ id, method }) {
  if (id === undefined || mood === 'hangs') return;
  const strange = method === 'tools/call' ? CALLS[mood] : undefined;
  if (strange === undefined) say({ id, result: results[method] ?? {} });
  else strange(id);
}

function say(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
