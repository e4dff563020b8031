/** A stdio server: `stdio.js [--tools n] [--hang]`. Ends when its input does. */

import { parseArgs } from 'node:util';
import { answer, type Message } from './answers.ts';

const { values } = parseArgs({
  options: { tools: { type: 'string', default: '4' }, hang: { type: 'boolean', default: false } },
});
const tools = Number(values.tools);
let rest = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  if (values.hang) return;
  let replies = '';
  for (const line of lines) {
    if (line === '') continue;
    const reply = answer(JSON.parse(line) as Message, tools);
    if (typeof reply === 'string') replies += `${reply}\n`;
    else void reply?.then((late) => process.stdout.write(`${late}\n`));
  }
  if (replies !== '') process.stdout.write(replies);
});
