import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseServerConfig } from '../../../src/config/parse.ts';
import { createScrubber, describeEndpoint, redactConfig } from '../../../src/config/redaction.ts';
import { scrubValue } from '../../../src/config/scrubbed-value.ts';

const stdio = (fields: object) => parseServerConfig({ name: 'x', transport: 'stdio', command: 'node', ...fields });
const http = (url: string, headers?: Record<string, string>) =>
  parseServerConfig({ name: 'x', transport: 'streamable_http', url, ...(headers && { headers }) });

/** A small generator with a fixed seed, so that a red run can be run again. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-_.~!@#$%^&*()"\\\'<>[]{} \n\té€😀';

function randomSecret(draw: (below: number) => number): string {
  const letters = Array.from(LETTERS);
  const secret = Array.from({ length: 4 + draw(40) }, () => letters[draw(letters.length)])
    .join('')
    .trim();
  return secret.length < 4 ? `${secret}-pad` : secret;
}

/** Characters that no secret of these tests holds and no encoding makes. */
const FILLER = '\u2502\u2502\u2502\u2502\u2502\u2502';

/** How programs write a string, and how many characters of their own they put after it. */
const WAYS: readonly (readonly [name: string, write: (text: string) => string, after: number])[] = [
  ['plain', (text) => text, 0],
  ['json', (text) => JSON.stringify(text), 1],
  ['json in json', (text) => JSON.stringify(JSON.stringify({ text })), 4],
  ['json with \\u escapes', (text) => [...Array(text.length).keys()].map((at) => `\\u${hex(text, at)}`).join(''), 0],
  ['percent', encodeURIComponent, 0],
  ['percent, all of it', (text) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&'), 0],
  ['percent twice', (text) => encodeURIComponent(encodeURIComponent(text)), 0],
  ['percent in json', (text) => JSON.stringify({ url: `https://a.example/?q=${encodeURIComponent(text)}` }), 2],
  ['form encoding', (text) => new URLSearchParams({ q: text }).toString(), 0],
  ['inspect', (text) => inspect(text, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: null }), 1],
];

function hex(text: string, at: number): string {
  return text.charCodeAt(at).toString(16).padStart(4, '0');
}

describe('createScrubber', () => {
  it.each(WAYS)('replaces the whole of a secret and nothing else where it is written as %s', (_, write, after) => {
    const draw = seeded(11);
    for (let round = 0; round < 200; round += 1) {
      const secret = randomSecret(draw);
      const scrub = createScrubber(stdio({ env: { KEY: secret } }));
      const written = write(secret);
      const frame = [written.slice(0, write('').length - after), written.slice(written.length - after)];

      const result = scrub(`${FILLER}${written}${FILLER}${written}${FILLER}`);

      const expected = `${frame[0]}[redacted]${frame[1]}`;
      expect(result, JSON.stringify(secret)).toBe(`${FILLER}${expected}${FILLER}${expected}${FILLER}`);
    }
  });

  it.each([0, 1, 2, 3, 4, 5])('finds a secret inside longer base64, %i bytes in', (before) => {
    const draw = seeded(5);
    for (let round = 0; round < 100; round += 1) {
      const secret = `${randomSecret(draw)}ab`;
      const scrub = createScrubber(stdio({ env: { KEY: secret } }));
      const whole = Buffer.from(`${'u'.repeat(before)}${secret}:tail`);

      for (const encoding of ['base64', 'base64url'] as const) {
        const result = scrub(whole.toString(encoding));
        const [head = '', tail = ''] = result.split('[redacted]');

        expect(result).toContain('[redacted]');
        // What is left beside the mark decodes to what stood beside the secret, and to no more than a part of one character.
        expect(Buffer.from(head, encoding).length).toBeLessThanOrEqual(before + 1);
        expect(Buffer.from(tail, encoding).length).toBeLessThanOrEqual(':tail'.length + 1);
      }
    }
  });

  it('replaces overlapping secrets as one, so that no rest of either is left', () => {
    const scrub = createScrubber(stdio({ env: { A: 'abcdefgh', B: 'efghijkl', C: 'cdef' } }));

    expect(scrub('<abcdefghijkl>')).toBe('<[redacted]>');
    expect(scrub('<abcdefghefghijkl>')).toBe('<[redacted]>');
  });

  it('replaces a repetitive secret in a run that holds it several times, shifted', () => {
    expect(createScrubber(stdio({ env: { A: 'abab' } }))('xabababababx')).toBe('x[redacted]x');
  });

  it('finds the rest of a secret that was cut off at either edge of the text', () => {
    const scrub = createScrubber(stdio({ env: { A: 'hunter2-and-more' } }));

    expect(scrub('password hunter2-an')).toBe('password [redacted]');
    expect(scrub('and-more is wrong')).toBe('[redacted] is wrong');
  });

  it('cuts a long text without showing the first half of a secret at the cut', () => {
    const secret = 'Zq8-Zq8-Zq8-Zq8';
    const scrub = createScrubber(stdio({ env: { A: secret } }));

    const result = scrub(`${'.'.repeat(65_536 - 7)}${secret}${'.'.repeat(100)}`);

    expect(result).toBe(`${'.'.repeat(65_536 - 7)}[redacted]…`);
  });

  it.each([
    ['plain', '.'.repeat(1_000_000)],
    ['all backslashes', '\\'.repeat(1_000_000)],
    ['all percent signs', '%25'.repeat(400_000)],
    ['mixed escapes', '\\u0025\\u0034'.repeat(100_000)],
  ])('bounds a hostile text that is %s', (_, text) => {
    const env = Object.fromEntries(Array.from({ length: 20 }, (__, index) => [`K${index}`, `secret-number-${index}`]));

    expect(createScrubber(stdio({ env }))(text).length).toBeLessThanOrEqual(65_537);
  });

  it('leaves a text without secrets as it is', () => {
    const scrub = createScrubber(stdio({ args: ['server.js', '--port', '3000', '-v'], env: { N: '1' } }));

    expect(scrub('server.js listens on --port 3000 %41 \\n')).toBe('server.js listens on --port 3000 %41 \\n');
  });

  it.each<[string, ReturnType<typeof stdio>, string, string]>([
    [
      'the token after its scheme',
      http('https://a.example/', { Authorization: 'Bearer tok-1' }),
      'bad tok-1!',
      'bad [redacted]!',
    ],
    [
      'the password in Basic',
      http('https://a.example/', { Authorization: `Basic ${btoa('bob:pass phrase')}` }),
      '<pass phrase>',
      '<[redacted]>',
    ],
    [
      'the value of a cookie',
      http('https://a.example/', { Cookie: 'a=1; sid=s3cr3tsid' }),
      'sid: s3cr3tsid.',
      'sid: [redacted].',
    ],
    ['URL user and password', http('https://user:p%40ss@a.example/'), '<p@ss> <p%40ss>', '<[redacted]> <[redacted]>'],
    [
      'query values',
      http('https://a.example/mcp?api_key=val%20ue&n=1'),
      '<val ue> <val%20ue> <val+ue>',
      '<[redacted]> <[redacted]> <[redacted]>',
    ],
    ['a bare query', http('https://a.example/mcp?topsecret'), '<topsecret>', '<[redacted]>'],
    [
      'path segments like tokens',
      http('https://a.example/s/Ab3dEf6hIj/mcp'),
      'GET /s/Ab3dEf6hIj/mcp',
      'GET /s/[redacted]/mcp',
    ],
    ['a secret-looking argument', stdio({ args: ['sk-live-9aB8c7D6'] }), '<sk-live-9aB8c7D6>', '<[redacted]>'],
    ['the value after =', stdio({ args: ['--api-key=hunter'] }), '<hunter>', '<[redacted]>'],
    ['the value after a flag that announces it', stdio({ args: ['--password', 'hunter'] }), '<hunter>', '<[redacted]>'],
    ['an assignment handed through', stdio({ args: ['-e', 'TOKEN=hunter'] }), '<hunter>', '<[redacted]>'],
    ['a header in an argument', stdio({ args: ['--header', 'X-Key: Bearer tok9'] }), '<tok9>', '<[redacted]>'],
    ['the query of a URL in an argument', stdio({ args: ['https://a.example/?k=hunter'] }), '<hunter>', '<[redacted]>'],
    [
      'the password in a URL of the environment',
      stdio({ env: { DB: 'pg://bob:hunter@db/x' } }),
      '<hunter>',
      '<[redacted]>',
    ],
    ['one line of a key', stdio({ env: { PEM: '-----BEGIN\nMIIabc\n-----END' } }), '<MIIabc>', '<[redacted]>'],
    ['an assignment before the command', stdio({ command: 'TOKEN=hunter node' }), '<hunter>', '<[redacted]>'],
  ])('hides %s', (_, config, text, expected) => {
    expect(createScrubber(config)(text)).toBe(expected);
  });
});

describe('a long secret', () => {
  it('is read in time that grows with its length, not with its square', () => {
    const secret = 'x'.repeat(200_000);
    const startedMs = performance.now();

    const scrub = createScrubber(stdio({ env: { CERTIFICATE: secret } }));

    // Read again for each of its letters it takes a minute, in which the host does nothing else.
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(scrub(`it is ${secret}`)).not.toContain('xxxx');
  });
});

describe('describeEndpoint', () => {
  it.each([
    [stdio({ args: ['server.js', 'sk-live-9aB8c7D6'] }), 'node (2 args)'],
    [stdio({ command: '/opt/tools/weather', args: ['x'] }), 'weather (1 arg)'],
    [stdio({ command: 'C:\\Tools\\weather.exe' }), 'weather.exe'],
    [stdio({ command: 'TOKEN=hunter' }), '…'],
    [http('https://bob:hunter@a.example:8443/v1/mcp/?k=hunter#hunter'), 'https://a.example:8443/v1/mcp/'],
    [http('https://a.example/s/Ab3dEf6hIj/mcp'), 'https://a.example/s/…/mcp'],
    [http('https://a.example/550e8400-e29b-41d4-a716-446655440000/sse'), 'https://a.example/…/sse'],
    [http('https://a.example'), 'https://a.example'],
  ])('shows what may be shown: %#', (config, expected) => {
    expect(describeEndpoint(config)).toBe(expected);
  });
});

describe('redactConfig', () => {
  it('gives nothing that whoever is shown it could change for the next', () => {
    const auth = { type: 'client-credentials', clientId: 'me', clientSecret: 'correct-horse' };
    const remote = { name: 'x', transport: 'streamable_http', url: 'https://a.example/mcp', headers: { A: 'b' }, auth };
    for (const config of [parseServerConfig(remote), stdio({ args: ['--flag'], env: { A: 'b' }, limits: {} })]) {
      const shown = redactConfig(config);
      const parts = [shown, ...Object.values(shown)].filter((part) => typeof part === 'object');
      expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
    }
  });

  it('leaves a function out, so that what is shown is plain data', () => {
    const config = { name: 'x', transport: 'in_process', connect: () => Promise.reject(), trusted: true } as const;

    expect(redactConfig(config)).toEqual({ name: 'x', transport: 'in_process', trusted: true });
    expect(describeEndpoint(config)).toBe('this process');
    expect(createScrubber(config)('text')).toBe('text');
  });

  it('shows the path of an installed package, whose scope begins with @', () => {
    const path = './node_modules/@modelcontextprotocol/server-everything/dist/index.js';

    const shown = redactConfig({ name: 'a', transport: 'stdio', command: 'node', args: [path] });

    expect(shown).toMatchObject({ args: [path] });
  });

  it('keeps the shape and hides the values of a stdio server', () => {
    const config = stdio({
      args: [
        '-y',
        '@scope/server-files@1.2.3',
        './data',
        '--token=abc',
        '--root=/data/weather',
        'sk-live-9aB8c7D6',
        '--key',
        'plain',
      ],
      env: { API_KEY: 'hunter', N: '1' },
      cwd: '/srv',
      callTimeoutMs: 5,
    });

    expect(redactConfig(config)).toEqual({
      name: 'x',
      transport: 'stdio',
      command: 'node',
      args: [
        '-y',
        '@scope/server-files@1.2.3',
        './data',
        '--token=[redacted]',
        '--root=/data/weather',
        '[redacted]',
        '--key',
        '[redacted]',
      ],
      env: { API_KEY: '[redacted]', N: '[redacted]' },
      cwd: '/srv',
      callTimeoutMs: 5,
    });
  });

  it('hides headers and what is secret in the URL, and adds no fields', () => {
    expect(redactConfig(http('https://u:p@a.example/Ab3dEf6hIj?k=v', { A: 'b' }))).toEqual({
      name: 'x',
      transport: 'streamable_http',
      url: 'https://a.example/…',
      headers: { A: '[redacted]' },
    });
    expect(redactConfig(http('https://a.example/mcp'))).toEqual({
      name: 'x',
      transport: 'streamable_http',
      url: 'https://a.example/mcp',
    });
  });

  it.each([
    'server.js',
    'dist/weather-server.mjs',
    '/usr/local/bin/weather',
    '../data',
    'C:\\Tools\\Weather\\server.js',
    '--allow-net',
    '-y',
    'mcp-remote@latest',
    'mcp-server-git==2025.1.14',
    'mcp.server.weather',
    'stdio',
    '3000',
  ])('shows the harmless argument %s', (argument) => {
    expect(redactConfig(stdio({ args: [argument] }))).toMatchObject({ args: [argument] });
  });

  it.each([
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    'QWxhZGRpbg==',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'aB3d/x9Z/q1W',
    'eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK',
    'Tr0ub4dor&3',
    '--Xk92mQ81',
    '-pS3cretPass1',
    'postgres://bob:pw@db/x',
    '12345678',
    'correct horse',
  ])('hides the argument %s', (argument) => {
    expect(redactConfig(stdio({ args: [argument] }))).toMatchObject({ args: ['[redacted]'] });
  });

  it('never shows a random token as an argument or a segment of a URL', () => {
    const draw = seeded(23);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    for (let round = 0; round < 2_000; round += 1) {
      const token = Array.from({ length: 16 + draw(20) }, () => alphabet[draw(alphabet.length)]).join('');
      const shown = [
        redactConfig(stdio({ args: [token, `--x=${token}`] })),
        describeEndpoint(http(`https://a.example/${token}`)),
      ];

      expect(JSON.stringify(shown)).not.toContain(token);
    }
  });
});

describe('scrubValue', () => {
  const scrub = createScrubber(stdio({ env: { A: 'hunter22', PIN: '987654' } }));

  it('scrubs strings, numbers and keys at every depth and keeps the rest', () => {
    const data = { list: ['a hunter22', { hunter22: 1, pin: 987654 }], ok: true, none: null, n: 3 };

    expect(scrubValue(scrub, data)).toEqual({
      list: ['a [redacted]', { '[redacted]': 1, pin: '[redacted]' }],
      ok: true,
      none: null,
      n: 3,
    });
  });

  it('cuts what is deeper, wider or longer than the limits', () => {
    const limits = { maxDepth: 2, maxEntries: 6, maxCharacters: 10 };

    expect(scrubValue(scrub, { a: { b: { c: 1 } } }, limits)).toEqual({ a: { b: '[cut]' } });
    expect(scrubValue(scrub, [1, 2, 3, 4, 5, 6, 7], limits)).toEqual([1, 2, 3, 4, 5, '[cut]']);
    expect(scrubValue(scrub, ['0123456789abc', 'more'], limits)).toEqual(['0123456789[cut]', '[cut]']);
    expect(scrubValue(scrub, { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, limits)).toEqual({
      a: 1,
      b: 2,
      c: 3,
      d: 4,
      e: 5,
      '[cut]': true,
    });
  });

  it('survives cycles, getters that throw and keys that mean something', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('canary');
      },
    });
    const polluting: unknown = JSON.parse('{"__proto__": {"polluted": true}}');

    expect(JSON.stringify(scrubValue(scrub, cycle))).toContain('[cut]');
    expect(scrubValue(scrub, hostile)).toBe('[cut]');
    expect(Object.keys(scrubValue(scrub, polluting) as object)).toEqual(['__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('leaves out what JSON cannot say', () => {
    expect(scrubValue(scrub, { f: () => 1, u: undefined, l: [undefined] })).toEqual({ l: [null] });
  });
});
