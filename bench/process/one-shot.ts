/**
 * A program that does one thing and ends: `one-shot.js import|call <subject module>`. Prints how long the import took
 * and which files were loaded.
 */

import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import type { Subject } from '../subjects/subject.ts';

const STDIO_SERVER = fileURLToPath(new URL('../servers/stdio.js', import.meta.url));
const [verb, module] = process.argv.slice(2);

const startedAt = performance.now();
const { subject } = (await import(new URL(`../subjects/${module}.js`, import.meta.url).href)) as { subject: Subject };
const importMs = performance.now() - startedAt;
if (verb === 'call' || verb === 'look') {
  const host = await subject.open([{ kind: 'stdio', command: process.execPath, args: [STDIO_SERVER] }]);
  await host.ready(0);
  await host.call(0, 'echo', { text: 'first' });
  await host.close();
}
// Looking costs time, so it is done in a run of its own.
const loaded = verb === 'look' ? loadedFiles() : [];
process.stdout.write(`${JSON.stringify({ importMs, loaded })}\n`, () => process.exit());

/** Every script that this process has compiled. */
function loadedFiles(): string[] {
  const urls: string[] = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
  session.post('Debugger.enable');
  session.disconnect();
  return urls.filter((url) => url !== '' && !url.startsWith('node:'));
}
