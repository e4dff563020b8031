/** Pins what the package exports: a hand-written list of names, so nothing gets public by accident. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { ROOT, readOwnFile } from '../../scripts/source/repository.ts';

const INDEX = 'src/index.ts';

const PUBLIC_VALUES: readonly string[] = [
  'CallError',
  'ConfigError',
  'CONNECTION_STATES',
  'ConnectionError',
  'DEFAULTS',
  'describeFault',
  'ERROR_CODES',
  'loadServers',
  'McpSupervisor',
  'SupervisorError',
];
const PUBLIC_TYPES: readonly string[] = [
  'AddServerOptions',
  'AddServerResult',
  'CallOptions',
  'CallRetried',
  'CallToolResult',
  'CatalogChanged',
  'Clock',
  'CloseOptions',
  'ConfigIssue',
  'ConnectionState',
  'ElicitationContext',
  'ElicitationFailed',
  'ElicitationHandler',
  'ElicitationRequest',
  'ElicitationResult',
  'Era',
  'ErrorCode',
  'EventsDropped',
  'Explanation',
  'Fault',
  'FaultKind',
  'FaultRecord',
  'HeadersContext',
  'HeadersFunction',
  'HeartbeatDisabled',
  'HeartbeatMissed',
  'HttpHeaders',
  'Implementation',
  'InspectionObserver',
  'LedgerFailed',
  'LedgerOptions',
  'Listener',
  'ListenerFailed',
  'Network',
  'LoggingLevel',
  'LogReceived',
  'Outcome',
  'ProcessReaped',
  'Progress',
  'Random',
  'ReadResourceResult',
  'RedactedConfig',
  'ReleaseFailed',
  'RejectedTool',
  'RemoveServerOptions',
  'ResourceUpdated',
  'RestartType',
  'Root',
  'RuntimeEvent',
  'RuntimeEventName',
  'RuntimeEventOf',
  'RuntimeEventType',
  'ServerAdded',
  'ServerCapabilities',
  'ServerConfig',
  'ServerDefaults',
  'ServerEscalated',
  'ServerInfo',
  'ServerLimits',
  'ServerRemoved',
  'ServerRestarted',
  'SessionLoss',
  'SessionRestored',
  'SseServerConfig',
  'StateChange',
  'StdioServerConfig',
  'StreamableHttpServerConfig',
  'SupervisorHandlers',
  'SupervisorOptions',
  'Timer',
  'Tool',
  'ToolsRejected',
  'TransportKind',
  'WorldFrozen',
  'WorldThawed',
  'WaitForOptions',
];

describe('the exports of the package', () => {
  const entries = existsSync(join(ROOT, INDEX))
    ? parseSync(INDEX, readOwnFile(INDEX)).module.staticExports.flatMap((each) => each.entries)
    : [];

  it('are each named: no star', () => {
    expect(entries.filter(({ exportName }) => exportName.kind !== 'Name')).toEqual([]);
  });

  it('are exactly these values', () => {
    const values = entries.filter(({ isType }) => !isType).map(({ exportName }) => exportName.name ?? '');

    expect(values.sort()).toEqual([...PUBLIC_VALUES].sort());
  });

  it('are exactly these types', () => {
    const types = entries.filter(({ isType }) => isType).map(({ exportName }) => exportName.name ?? '');

    expect(types.sort()).toEqual([...PUBLIC_TYPES].sort());
  });
});
