import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLedgerDirectory } from '../../../../../src/transport/stdio/ledger/directory.ts';

describe('defaultLedgerDirectory', () => {
  it('is in the state directory of the user', () => {
    expect(defaultLedgerDirectory({ XDG_STATE_HOME: '/state' })).toBe('/state/mcp-supervisor');
  });

  it.each([{}, { XDG_STATE_HOME: '' }, { XDG_STATE_HOME: 'relative/state' }])('is below the home with %o', (host) => {
    expect(defaultLedgerDirectory(host)).toBe(join(homedir(), '.local', 'state', 'mcp-supervisor'));
  });
});
