/** The transport over the standard streams of a process. */

import { contract, faults, in2025, in2026, inBoth, type SpecificationRow, tests } from './row.ts';

const LINES = 'unit/transport/stdio/line-transport.test.ts';
const RELEASE = 'unit/transport/stdio/process-carrier-release.test.ts';

export const STDIO: readonly SpecificationRow[] = [
  {
    id: 'stdio:supported',
    places: in2025('basic/transports'),
    level: 'SHOULD',
    requirement: 'Support stdio.',
    by: ['runtime'],
    note: 'Our own transport.',
    tests: contract('lifecycle:connect:states'),
  },
  {
    id: 'stdio:framing',
    places: inBoth('basic/transports#stdio', 'basic/transports/stdio'),
    level: 'MUST NOT',
    requirement: 'Let a message hold a line break, or write anything else to stdin.',
    by: ['runtime'],
    note: 'One line per message; what JSON cannot express is refused before it is written.',
    tests: tests(
      LINES,
      'carries texts with line breaks, one line for each message',
      'rejects a message that JSON cannot express and goes on',
    ),
  },
  {
    id: 'stdio:bad-lines',
    places: inBoth('basic/transports#stdio', 'basic/transports/stdio'),
    level: 'text',
    requirement: 'Expect lines on stdout that are no messages, although a server MUST NOT write them.',
    by: ['runtime'],
    note: 'Skipped; told to nobody more often than is useful.',
    tests: [
      ...tests(LINES, 'reports lines that are no message and goes on', 'reports fewer and fewer of many such lines'),
      ...faults('start:banner', 'message:garbage'),
      ...contract('hostile:garbage:survived'),
    ],
  },
  {
    id: 'stdio:stderr',
    places: inBoth('basic/transports#stdio', 'basic/transports/stdio'),
    level: 'SHOULD NOT',
    requirement: 'Take what is written to stderr for an error (it MAY be captured).',
    by: ['runtime'],
    note: 'Always drained; the last lines are kept, scrubbed, for the fault of a process that ended.',
    tests: [
      ...tests(LINES, 'is not disturbed by 2 MB on stderr'),
      ...faults('stderr:flood', 'process:exits-with-stderr'),
      ...tests('unit/transport/stdio/stderr-tail.test.ts', 'keeps the last lines, oldest first'),
    ],
  },
  {
    id: 'stdio:shutdown',
    places: inBoth('basic/lifecycle#stdio', 'basic/transports/stdio#shutdown'),
    level: 'SHOULD',
    requirement: 'End a server by closing its stdin, waiting, then SIGTERM, then SIGKILL.',
    by: ['runtime'],
    note: 'For its whole process group, awaited; `shutdown.stdinGraceMs` and `termGraceMs`.',
    tests: [
      ...tests(
        RELEASE,
        'lets a server leave at the end of its stdin, unsignalled',
        'ends a server that ignores the end of stdin with SIGTERM',
        'ends a server that ignores SIGTERM too with SIGKILL',
      ),
      ...faults('close:ignores-stdin-end', 'close:ignores-sigterm', 'close:grandchild'),
    ],
  },
  {
    id: 'stdio:restart',
    places: in2026('basic/transports/stdio#unexpected-termination'),
    level: 'SHOULD',
    requirement: 'Start a server again that ended unexpectedly; requests under way MAY be sent again.',
    by: ['runtime'],
    note: 'With backoff, in either revision; only what is safe is sent again.',
    tests: [
      ...contract('death:killed:idle', 'death:killed:called', 'death:exited:itself'),
      ...tests(
        'eras/facts.ts',
        'comes back after the server was killed, and fails the call that was under way without repeating it',
      ),
      ...faults('process:flaps'),
    ],
  },
  {
    id: 'stdio:server-leaves',
    places: inBoth('basic/lifecycle#stdio', 'basic/transports/stdio#shutdown'),
    level: 'text',
    requirement: 'Take a closed stdout and an exit for the end of the connection.',
    by: ['runtime'],
    note: 'Noticed by the exit itself, also while a grandchild holds the pipes.',
    tests: [
      ...faults('pipe:stdout-closed-idle', 'process:exits-zero'),
      ...tests(
        'unit/transport/stdio/process-end.test.ts',
        'is told although a grandchild holds the pipes, after the last reply',
      ),
    ],
  },
  {
    id: 'stdio:credentials',
    places: [...inBoth('basic#auth'), ...inBoth('basic/authorization#protocol-requirements')],
    level: 'SHOULD NOT',
    requirement: 'Use OAuth over stdio: credentials come from the environment.',
    by: ['runtime', 'host'],
    note: '`env` of the configuration; of the host’s own environment only six safe variables are passed on, and none is shown.',
    tests: [
      ...tests('unit/config/auth-config.test.ts', 'takes no header in its place, and no process'),
      ...tests(
        'unit/transport/stdio/environment.test.ts',
        'passes the six safe variables of the host and nothing else',
      ),
      ...tests('unit/config/redaction.test.ts', 'keeps the shape and hides the values of a stdio server'),
    ],
  },
];
