/**
 * The environment a stdio server is started with: the harmless part of the host's, and what its configuration
 * adds. Nothing else of the host is passed on, so a token in the agent's environment stays there.
 */

const SAFE_VARIABLES = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];

/** Windows programs do not start without these. */
const SAFE_VARIABLES_WINDOWS = [
  'APPDATA',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATH',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'USERNAME',
  'USERPROFILE',
];

/**
 * Build the environment of a server from the host's and its configuration's.
 *
 * Of the host only `HOME LOGNAME PATH SHELL TERM USER` pass (on Windows its own short list), and of these no
 * value that is an exported shell function (it begins with `()`), which a shell would run. What the
 * configuration names wins and is passed as it stands.
 *
 * **Errors** never throws; the host's environment is read, never changed.
 */
export function buildEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of platform === 'win32' ? SAFE_VARIABLES_WINDOWS : SAFE_VARIABLES) {
    const value = host[name];
    if (value !== undefined && !value.startsWith('()')) environment[name] = value;
  }
  return { ...environment, ...added };
}
