/** What has to hold for this library. Ratios are to the raw v1 client, measured in the same round on the same server. */

/** One bound on one figure. */
export interface Bound {
  readonly scenario: string;
  readonly case: string;
  readonly figure: string;
  /** The ratio, or for a figure that is no ratio the value itself. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What a profile shows where the bound is missed. */
  readonly missedBecause?: string;
}

const HTTP = ['http-json', 'http-sse'] as const;

const USABLE = { scenario: 'usable', figure: 'usable', atMost: 1.05 };

const STARTING =
  'a server spends nearly all of the time on its own start, on cores that it shares with its host. What the host adds to one ' +
  'server is about 4 ms in a warm process, and twice that while its code is still young, as here: half of it before the process is there (the supervisor itself, the machine and the scope of the ' +
  'connection), half until the first list (validated, entered, announced, and looked up in `/proc` for the ledger, ADR 12). A ' +
  'process of a session of its own costs 0.3 to 1.2 ms more, and is what lets no process outlive its host. The question which ' +
  'era it speaks costs 1.7 ms, most of it hidden by the start.';
const ASKING =
  'the question which era a server speaks is one round trip of five (ADR 22), asked once a day for each configuration; the row ' +
  '“era given” is without it. With one server, 0.7 ms are spent on making the supervisor, which a process does once.';
const READING =
  'most of it is reading and compiling 330 files, 95 of them zod, which the raw client reads too, and 66 Effect. ' +
  'Comments cost nothing of it that could be measured.';
const CHANGING =
  'a change is half an epoch. XState takes 23 % of it, the garbage collector 20 %, this library 14 %, Effect 11 %, and asking the ' +
  'system for the missing directory 10 %.';
const SHOWING =
  'the rest beside that is the inspector, which writes each snapshot as text, about 10 KB for each of a supervisor of fifty servers.';

export const BOUNDS: readonly Bound[] = [
  { scenario: 'calls', case: 'stdio', figure: 'p50', atMost: 0.95 },
  { scenario: 'calls', case: 'stdio', figure: 'p99', atMost: 1 },
  { scenario: 'calls', case: 'stdio', figure: 'cpu', atMost: 0.9 },
  { scenario: 'calls', case: 'stdio', figure: 'rate1', atLeast: 1.05 },
  { scenario: 'calls', case: 'stdio', figure: 'rate16', atLeast: 1.2 },
  { scenario: 'calls', case: 'stdio', figure: 'rate64', atLeast: 1.2 },
  ...HTTP.flatMap((wire) => [
    { scenario: 'calls', case: wire, figure: 'p50', atMost: 0.6 },
    { scenario: 'calls', case: wire, figure: 'p99', atMost: 1 },
    { scenario: 'calls', case: wire, figure: 'cpu', atMost: 0.6 },
    { scenario: 'calls', case: wire, figure: 'rate1', atLeast: 1.4 },
    { scenario: 'calls', case: wire, figure: 'rate16', atLeast: 1.4 },
    { scenario: 'calls', case: wire, figure: 'rate64', atLeast: 1.4 },
  ]),
  { scenario: 'calls', case: 'memory', figure: 'p50', atMost: 0.8 },

  ...['stdio-10', 'http-10', 'http-50'].map((each) => ({
    scenario: 'several-servers',
    case: each,
    figure: 'sum',
    atMost: 1.05,
  })),
  ...['stdio-1', 'stdio-10', 'stdio-50'].map((each) => ({ ...USABLE, case: each, missedBecause: STARTING })),
  ...['http-1', 'http-10', 'http-50'].map((each) => ({ ...USABLE, case: each, missedBecause: ASKING })),
  { scenario: 'recovery', case: 'kill-9', figure: 'cold', atMost: 1.2 },
  { scenario: 'recovery', case: 'kill-9', figure: 'doubled', atMost: 0 },
  { scenario: 'recovery', case: 'lost-session', figure: 'doubled', atMost: 0 },
  { scenario: 'start-up', case: 'stdio', figure: 'import', atMost: 1.25, missedBecause: READING },
  { scenario: 'start-up', case: 'stdio', figure: 'unused', atMost: 0 },
  { scenario: 'memory', case: '100', figure: 'held', atMost: 1.15 },
  { scenario: 'memory', case: '1000', figure: 'held', atMost: 1.15 },
  { scenario: 'scale', case: '1000', figure: 'call', atMost: 1.1 },
  { scenario: 'scale', case: '1000', figure: 'connection', atMost: 1.1 },
  { scenario: 'endurance', case: 'stdio', figure: 'growth', atMost: 1.01 },
  // 10,000 changes a second on one core.
  { scenario: 'state-changes', case: 'alone', figure: 'cpu', atMost: 100, missedBecause: CHANGING },
  { scenario: 'state-changes', case: 'inspected', figure: 'cpu', atMost: 100, missedBecause: SHOWING },
];
