/**
 * Stands in for a stdio server: starts the real command and passes its bytes through the fault transport, which
 * listens on a port of 127.0.0.1. Ends as the real process ends. Decides nothing.
 *
 *   node relay.mjs <port> <token>
 *
 * The real process stays in the group that this one leads, so whoever ends the group reaches both. stderr is shared.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { createInterface } from 'node:readline';

const EXIT_REFUSED = 69;
const EXIT_LAYER_GONE = 70;
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
/** How long others may hold the pipes of a process that has ended. */
const PIPES_GRACE_MS = 100;
/** How long a last message may take to be read. */
const FLUSH_GRACE_MS = 500;

const [port, token] = process.argv.slice(2);

const gone = () => process.exit(EXIT_LAYER_GONE);
const control = await open('control').catch(gone);
control.on('error', () => {});
control.on('close', gone);
const [line] = await once(createInterface(control), 'line');
const order = JSON.parse(line);
if (order.isRefused) process.exit(EXIT_REFUSED);
const client = await open('client');
const server = await open('server');

const child = spawn(order.command, order.args, { stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true });
child.on('error', ({ code }) => process.exit(code === 'EACCES' ? EXIT_NOT_EXECUTABLE : EXIT_NOT_FOUND));
control.off('close', gone);
control.on('close', () => {
  child.kill('SIGKILL');
  process.exit(EXIT_LAYER_GONE);
});
if (child.pid !== undefined) tell({ pid: child.pid });

// Streams of our own: those of `process` cannot be closed.
const stdin = new Socket({ fd: 0, readable: true, writable: false });
const stdout = new Socket({ fd: 1, readable: false, writable: true });
for (const stream of [client, server, stdin, stdout, child.stdout]) stream.on('error', () => {});
stdin.pipe(client);
server.pipe(child.stdin);
child.stdout.pipe(server);
client.pipe(stdout, { end: false });
// A server that closed its stdin shows itself to whoever writes to it.
child.stdin.on('error', () => stdin.destroy());

let ending;
let isStdoutEnded = false;
child.on('exit', (code, signal) => {
  ending = { code, signal };
  tell({ hasExited: true });
  setTimeout(() => server.end(), PIPES_GRACE_MS);
  if (stdout.closed) end();
  else if (isStdoutEnded) setTimeout(end, FLUSH_GRACE_MS);
});
client.on('close', endStdout);
client.on('end', endStdout);

function endStdout() {
  if (isStdoutEnded) return;
  isStdoutEnded = true;
  stdout.end(() => stdout.destroy());
  stdout.on('close', () => ending !== undefined && end());
  if (ending !== undefined) setTimeout(end, FLUSH_GRACE_MS);
}

/** End as the real process did. */
function end() {
  if (ending.signal === null) process.exit(ending.code);
  process.kill(process.pid, ending.signal);
  // Some signals do not end a program of Node.
  setTimeout(() => process.exit(1), PIPES_GRACE_MS);
}

function tell(message) {
  control.write(`${JSON.stringify(message)}\n`);
}

async function open(role) {
  const allowHalfOpen = role !== 'control';
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen, noDelay: true });
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ token, role, relayPid: process.pid })}\n`);
  return socket;
}
