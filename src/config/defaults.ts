/**
 * Every default of the library, once, with its unit in the name and its reason beside it.
 * `docs/defaults.md` is generated from this file.
 */
export const DEFAULTS = {
  /** Whole of connecting and initializing, stdio: a first `npx` may have to unpack a package. */
  stdioConnectTimeoutMs: 30_000,
  /** Whole of connecting and initializing, HTTP+SSE: the stream opens at once or the server is in trouble. */
  sseConnectTimeoutMs: 5_000,
  /** Whole of connecting and initializing, Streamable HTTP: a cold remote server may have to start. */
  streamableHttpConnectTimeoutMs: 30_000,
  /** Whole of connecting and initializing, in the same process: what `connect` prepares may be slow, a model or a database. */
  inProcessConnectTimeoutMs: 30_000,
  /** How long a server may take to say which era it speaks; one that is silent for longer is asked to initialize. */
  eraProbeTimeoutMs: 2_000,
  /** How long the answer is believed: a server that is upgraded under a host which runs for days is found out in a day. */
  eraVerdictMs: 86_400_000,
  /** Silence allowed on an open stream before it counts as dead; a long computation may be silent for minutes. */
  sseReadTimeoutMs: 300_000,
  /** How long `addServer` waits for `ready`, reconnects included, before it gives the server up. */
  startTimeoutMs: 60_000,
  /** One deadline for a call: waiting, connecting, repeating and the call itself. */
  callTimeoutMs: 60_000,
  /** Calls that may wait for one connection to come back. */
  maxQueued: 1_000,

  /** First delay of the backoff, before jitter. */
  backoffBaseMs: 500,
  /** Growth of the backoff per attempt. */
  backoffFactor: 2,
  /** Cap of the backoff; the jitter is drawn below it, so servers that reached it do not return together. */
  backoffMaxMs: 30_000,
  /** Longest `Retry-After` that is obeyed; a server must not be able to send us away for days. */
  retryAfterMaxMs: 3_600_000,
  /** Time in `ready` after which the attempt counter is refunded even without a call. */
  stableAfterMs: 30_000,
  /** Attempts without proven service, or lives lost lately, that park a connection: about four minutes of backoff. */
  parkAfterAttempts: 20,
  /**
   * How often a parked connection is probed, and how long it must be ready for one lost life to be forgotten; slow, so
   * that a server which flaps for ever costs twelve starts an hour.
   */
  parkedProbeMs: 300_000,

  /** Silence after which a connection is asked for a sign of life. */
  heartbeatIntervalMs: 15_000,
  /** The same while a call waits for its reply: whoever waits for it wants to know sooner. */
  heartbeatProbeAfterMs: 5_000,
  /** How long one sign of life may take; a busy server may answer late. */
  heartbeatTimeoutMs: 5_000,
  /** Missed signs of life in a row that end an idle epoch: a frozen server is noticed within 25 s. */
  heartbeatMisses: 2,
  /** The same while a call waits: within 20 s of silence. A server that is deaf while it computes for longer wants more. */
  heartbeatBusyMisses: 3,

  /** How often it is looked whether the host slept or lost its network; an event in itself is no reason to wake up. */
  worldTickMs: 5_000,
  /** Difference between the two clocks, or lateness, above which the host slept; less is load, or a clock that is slewed. */
  clockJumpMs: 10_000,
  /** From one server to the next when all of them are released at once; the jitter lies below it. */
  staggerMs: 250,
  /** All of them together: with more servers the steps are shorter. */
  staggerTotalMs: 30_000,

  /** stdio: from end of stdin to SIGTERM; a server that keeps files open needs a moment to flush. */
  stdinGraceMs: 2_000,
  /** stdio: from SIGTERM to SIGKILL. */
  termGraceMs: 2_000,
  /** How long getting a token may take in all: finding the authorization server, registering, asking it. */
  authorizationTimeoutMs: 30_000,
  /** How long `authorize` with `open` waits for a person. */
  authorizationDeadlineMs: 600_000,
  /** How long the function that gives the headers of a request may take; it may have to ask for a new token. */
  headersTimeoutMs: 10_000,
  /** How long ending an HTTP session (DELETE) may take. */
  terminateTimeoutMs: 1_000,
  /** How long all resources of one epoch may take to be released; longer than the ladder of stdio. */
  releaseTimeoutMs: 8_000,
  /** How long calls under way may go on where another connection takes over: most end in seconds, both live so long. */
  drainTimeoutMs: 30_000,
  /** How long replies to calls under way are waited for when the server has forgotten the session; no other call goes out meanwhile. */
  lostSessionDrainMs: 1_000,
  /** How often the memory of a server is looked at that is recycled by it; looking reads all of `/proc`. */
  recycleCheckMs: 60_000,
  /** Total for `close()`: what is left then is killed. */
  closeTimeoutMs: 30_000,

  /** Crashes of one connection (defects, not faults) that are cured by a restart … */
  maxRestarts: 3,
  /** … within this window; one more parks the connection. */
  withinMs: 60_000,

  /** Largest message a server may send: an image or a file in base64 may take tens of megabytes. */
  maxMessageBytes: 64 * 1024 * 1024,
  /** Values of one message; reading that many takes some tenths of a second, in which this host does nothing else. */
  maxMessageValues: 1_000_000,
  /** Status and headers of one HTTP answer; what Node itself allows. */
  maxHeaderBytes: 16 * 1024,
  /** Messages a second that nobody asked for; reading that many takes about a tenth of one processor. */
  maxMessagesPerSecond: 10_000,
  /** Bytes that may wait for a stdio server to read them. */
  maxQueuedBytes: 16 * 1024 * 1024,
  /** How long one write to a stdio server may wait. */
  writeTimeoutMs: 30_000,
  /** Lines of a stdio server's stderr that are kept for error messages. */
  stderrTailLines: 20,
  /** Pages of one list that are fetched. */
  maxPages: 64,
  /** Entries of one list; one of more is taken for an attack on our memory. */
  maxListEntries: 10_000,
  /** All entries of one list together; a model could not read a tenth of it. */
  maxListBytes: 16 * 1024 * 1024,
  /** One entry, such as a tool; the largest that people use have some ten thousand bytes. */
  maxEntryBytes: 1024 * 1024,
  /** Levels of one entry, such as a tool; code that walks a schema may recurse, and deeper ones overflow its stack. */
  maxEntryDepth: 128,
  /** Reading one output schema, or checking one result against it: the host stands still meanwhile. Most take microseconds. */
  checkTimeoutMs: 250,
  /** One whole list, all pages together. */
  listTimeoutMs: 60_000,
  /** Streams (GET) that a server may make us open per minute, above which it counts as a storm. */
  maxStreamsPerMinute: 60,
  /** Requests of a server that are being answered at once; over HTTP each answer takes a socket of this host. */
  maxServerRequests: 256,
  /** From one list of tools to the next, however often the server says that they changed. */
  refreshPauseMs: 1_000,

  /** How long one request may take that brings session state back, and all of them before a new epoch serves without. */
  restoreTimeoutMs: 5_000,
  /** Such requests, and readings of subscribed resources, under way at once: a server that comes back has much to do. */
  maxRestoring: 8,
  /** Largest resource that is compared to what it was before a gap; a larger one counts as changed. */
  maxComparedBytes: 8 * 1024 * 1024,
  /** Of what was read of resources and is good for a while, as the server says. */
  maxCachedBytes: 8 * 1024 * 1024,
  /** From one `resource.updated` of a resource to the next, however often the server says that it changed. */
  updatePauseMs: 100,
  /** Log messages of one server that are made known per second; more are dropped and counted. */
  maxLogsPerSecond: 100,
  /** How long a person may take to answer for a server; then the answer is `cancel`. */
  elicitationTimeoutMs: 600_000,
  /** Rounds of input that one call may ask for before it is given up; each may take a person's time. */
  maxInputRounds: 10,
  /** Questions of one server that wait for a person at once; more are answered with `cancel`. */
  maxElicitations: 16,
  /** Questions a minute of one server to a person; more than one a second is no question any more. */
  maxElicitationsPerMinute: 60,
  /** Pages of one server that people were sent to and that are not done; the oldest is forgotten then. */
  maxExpectedPages: 256,
  /** How long the host may take to have its model answer for a server: a long answer takes a minute, a person's look too. */
  samplingTimeoutMs: 120_000,
  /** Requests of one server that wait for the model of the host at once; each costs the host money. */
  maxSamplings: 8,
  /** Requests a minute of one server to it: a loop with tools makes some ten, and one without an end is stopped here. */
  maxSamplingsPerMinute: 60,
  /** Tokens of one answer to a server; what servers ask for is some thousands, and models give as many as this. */
  maxSamplingTokens: 65_536,

  /** Between two looks at a task whose server does not say when; it grows by half each time … */
  taskPollMs: 1_000,
  /** … to this, because what takes an hour may be known some seconds late. */
  taskPollMaxMs: 15_000,
  /** Least time between two looks at a task, whatever the server says: it must not make us ask without a pause. */
  taskPollFloorMs: 100,
  /** Most time between two looks at a task, whatever the server says: it must not send us away for days. */
  taskPollCeilingMs: 300_000,
  /** How long a task is waited for that its server keeps without an end. */
  taskWaitMs: 86_400_000,
  /** How long a server is asked to keep a task that was a plain call: nobody asks for its result after that call. */
  taskTtlMs: 3_600_000,
  /** How long it may take to cancel a task of a call that was given up. */
  taskCancelTimeoutMs: 10_000,
  /** Looks at a task in a row that fail, by answers that say nothing of it, before whoever waits for it is told. */
  maxTaskPollFailures: 3,
  /** Questions of one task that are answered over its whole life; each may take a person's time. */
  maxTaskQuestions: 100,

  /** Events kept for one slow consumer of `events()`; older ones are dropped and counted. */
  eventBufferSize: 1_024,
} as const;
