/** What a fault transport can do, and what that is on each transport. */

/** The verbs of a fault transport. The page about testing shows this table. */
export const FAULT_VERBS = {
  cut: {
    stdio: 'closes the stdout that the supervisor reads; the process lives on',
    http: 'ends every open reply in order, without its rest, and closes every connection',
  },
  reset: {
    stdio: 'kills the process with SIGKILL: a pipe has no reset of its own',
    http: 'resets every connection (RST)',
  },
  truncate: {
    stdio: 'passes half of what the process writes next, then as `cut`',
    http: 'passes half of what the next reply holds next, then as `cut`',
  },
  corrupt: {
    stdio: 'puts a line of garbage into stdout',
    http: 'puts an event of garbage into every open stream of events; when there is none, in front of the next reply',
  },
  flood: {
    stdio: 'writes a valid notification to stdout, thousands of times',
    http: 'sends a valid notification on every open stream of events, thousands of times',
  },
  stall: {
    stdio: 'takes bytes and passes none on, until `resume`',
    http: 'takes connections and bytes and passes none on, until `resume`: a half-open connection',
  },
  delay: {
    stdio: 'passes all bytes on so much later, until `delay(0)`',
    http: 'passes all bytes on so much later, until `delay(0)`',
  },
  refuse: {
    stdio: 'lets every new process end at once with exit code 69, until `accept`',
    http: 'stops listening, so that new connections are refused, until `accept`',
  },
  kill: {
    stdio: 'sends a signal to the process and all that it started; default SIGKILL',
    http: '(not there: the process is not ours)',
  },
  freeze: {
    stdio: 'stops the process and all that it started (SIGSTOP), until `thaw`',
    http: '(not there: the process is not ours)',
  },
} as const;

/** What a fault transport can be told to do. */
export type FaultVerb = keyof typeof FAULT_VERBS;
