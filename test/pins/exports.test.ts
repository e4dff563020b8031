/** Pins what the package exports: a hand-written list of names, so nothing gets public by accident. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { ROOT, readOwnFile } from '../../scripts/source/repository.ts';

/** What `mcp-supervisor` exports. */
const PUBLIC_VALUES: readonly string[] = [
  'AuthorizationRequiredError',
  'CallError',
  'ConfigError',
  'CONNECTION_STATES',
  'ConnectionError',
  'DEFAULTS',
  'describeFault',
  'ERROR_CODES',
  'FileCredentialStore',
  'loadServers',
  'McpSupervisor',
  'MemoryCredentialStore',
  'SupervisorError',
];
const PUBLIC_TYPES: readonly string[] = [
  'AddServerOptions',
  'AddServerResult',
  'AuthConfig',
  'AuthFailure',
  'AuthRequirement',
  'Authorization',
  'AuthorizationCodeConfig',
  'AuthorizationRequired',
  'BackoffConfig',
  'CallOptions',
  'CallRetried',
  'CallToolResult',
  'CatalogChanged',
  'ClientCredentialsConfig',
  'Clock',
  'CloseOptions',
  'CompletionRequest',
  'ConfigIssue',
  'ConnectContext',
  'ConnectFunction',
  'ConnectionRetired',
  'ConnectionState',
  'CredentialKey',
  'CredentialStore',
  'CustomGrantConfig',
  'ElicitationCompleted',
  'ElicitationContext',
  'ElicitationFailed',
  'ElicitationHandler',
  'ElicitationRequest',
  'ElicitationResult',
  'EntriesRejected',
  'Era',
  'ErrorCode',
  'EventsDropped',
  'Explanation',
  'Fault',
  'FaultKind',
  'FaultRecord',
  'FileCredentialStoreOptions',
  'HeadersContext',
  'HeadersFunction',
  'HeartbeatConfig',
  'HeartbeatDisabled',
  'HeartbeatMissed',
  'HttpHeaders',
  'HttpServerConfig',
  'Implementation',
  'InProcessServerConfig',
  'InProcessTransport',
  'InspectionObserver',
  'LedgerFailed',
  'LedgerOptions',
  'LimitsConfig',
  'ListName',
  'ListedTask',
  'Listener',
  'ListenerFailed',
  'LogReceived',
  'LoggingLevel',
  'LoopbackAuthorization',
  'Network',
  'Outcome',
  'PendingAuthorization',
  'PrivateKeyJwtConfig',
  'ProcessReaped',
  'ProcessRecycleConfig',
  'Progress',
  'Random',
  'ReadOptions',
  'ReadResourceResult',
  'RecycleConfig',
  'RedactedConfig',
  'RejectedEntry',
  'ReleaseFailed',
  'RemoveServerOptions',
  'ReplaceServerOptions',
  'ReplacementChanged',
  'ReplacementFailed',
  'ReplacementReason',
  'RequiredElicitation',
  'ResourceUpdated',
  'RestartType',
  'ResultUnchecked',
  'Root',
  'RuntimeEvent',
  'RuntimeEventName',
  'RuntimeEventOf',
  'RuntimeEventType',
  'SamplingContext',
  'SamplingFailed',
  'SamplingHandler',
  'SamplingRequest',
  'SamplingResult',
  'SamplingSupport',
  'SchemaFlaw',
  'SchemaViolation',
  'ServerAdded',
  'ServerCapabilities',
  'ServerConfig',
  'ServerConfigInput',
  'ServerDefaults',
  'ServerEscalated',
  'ServerInfo',
  'ServerLimits',
  'ServerRemoved',
  'ServerReplaced',
  'ServerRestarted',
  'SessionLoss',
  'SessionRestored',
  'SseServerConfig',
  'StateChange',
  'StdioServerConfig',
  'StoredCredentials',
  'StoredTokens',
  'StreamableHttpServerConfig',
  'SupervisionConfig',
  'SupervisorHandlers',
  'SupervisorOptions',
  'Task',
  'TaskCallOptions',
  'TaskState',
  'TaskStatus',
  'Timer',
  'TokenRequestContext',
  'TokenRequestFunction',
  'Tool',
  'TraceContext',
  'TraceContextFunction',
  'TransportKind',
  'UrlServerConfig',
  'WaitForOptions',
  'WorldFrozen',
  'WorldThawed',
];

/** What `mcp-supervisor/testing` exports. */
const TESTING_VALUES: readonly string[] = [
  'chanceOf',
  'FAULT_VERBS',
  'faultTransport',
  'scriptedStdio',
  'SimulatedClock',
  'startScripted',
  'watchLeaks',
];
const TESTING_TYPES: readonly string[] = [
  'Behaviour',
  'Chance',
  'ChannelFault',
  'ControlCommand',
  'ControlState',
  'CorruptOptions',
  'Direction',
  'FaultOccasion',
  'FaultPoint',
  'FaultTransport',
  'FaultTransportReport',
  'FaultVerb',
  'FloodOptions',
  'Journal',
  'JournalEntry',
  'JournalPattern',
  'LeakWatch',
  'MessageFault',
  'ProcessExit',
  'ProcessFault',
  'RequestFault',
  'ScriptedFault',
  'ScriptedTasks',
  'ScriptedHttp',
  'ScriptedStdio',
  'ServerProcess',
  'StallOptions',
  'StdioFaultTransport',
  'StormFault',
  'StormOptions',
  'StormReport',
];

describe.each([
  { subpath: '.', index: 'src/index.ts', pinnedValues: PUBLIC_VALUES, pinnedTypes: PUBLIC_TYPES },
  { subpath: './testing', index: 'src/testing/index.ts', pinnedValues: TESTING_VALUES, pinnedTypes: TESTING_TYPES },
])('the exports of $subpath', ({ index, pinnedValues, pinnedTypes }) => {
  const entries = existsSync(join(ROOT, index))
    ? parseSync(index, readOwnFile(index)).module.staticExports.flatMap((each) => each.entries)
    : [];

  it('are each named: no star', () => {
    expect(entries.filter(({ exportName }) => exportName.kind !== 'Name')).toEqual([]);
  });

  it('are exactly these values', () => {
    const values = entries.filter(({ isType }) => !isType).map(({ exportName }) => exportName.name ?? '');

    expect(values.sort()).toEqual([...pinnedValues].sort());
  });

  it('are exactly these types', () => {
    const types = entries.filter(({ isType }) => isType).map(({ exportName }) => exportName.name ?? '');

    expect(types.sort()).toEqual([...pinnedTypes].sort());
  });
});

describe('the subpaths of the package', () => {
  it('are these, and no file of it can be imported beside them', () => {
    const { exports } = JSON.parse(readOwnFile('package.json')) as { exports: Record<string, unknown> };

    expect(Object.keys(exports)).toEqual(['.', './testing']);
  });
});
