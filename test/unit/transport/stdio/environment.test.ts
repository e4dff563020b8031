import { describe, expect, it } from 'vitest';
import { buildEnvironment } from '../../../../src/transport/stdio/environment.ts';

describe('buildEnvironment', () => {
  it('passes the six safe variables of the host and nothing else', () => {
    const host = { HOME: '/h', LOGNAME: 'l', PATH: '/p', SHELL: '/s', TERM: 't', USER: 'u', API_TOKEN: 'x', LANG: 'C' };
    const safe = { HOME: '/h', LOGNAME: 'l', PATH: '/p', SHELL: '/s', TERM: 't', USER: 'u' };
    expect(buildEnvironment(host, undefined, 'linux')).toEqual(safe);
  });

  it('skips a value of the host that is an exported shell function', () => {
    expect(buildEnvironment({ TERM: '() { :; }; reboot', USER: 'u' }, {}, 'linux')).toEqual({ USER: 'u' });
  });

  it('lets the configuration add and win', () => {
    expect(buildEnvironment({ PATH: '/host' }, { PATH: '/own', KEY: 'v' }, 'linux')).toEqual({
      PATH: '/own',
      KEY: 'v',
    });
  });

  it('passes what Windows programs need on Windows', () => {
    expect(buildEnvironment({ SYSTEMROOT: 'C:\\W', SECRET: 's' }, {}, 'win32')).toEqual({ SYSTEMROOT: 'C:\\W' });
  });
});
