/** What an installation brings along. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesIn, closureOf, folderOf } from '../figures/packages.ts';
import type { Scenario } from '../scenario.ts';
import { packageOf } from '../subjects/registry.ts';

const BENCH = fileURLToPath(new URL('../..', import.meta.url));
const ROOT = join(BENCH, '..');
/** What of this repository is published. */
const PUBLISHED = ['dist', 'docs'];

export const installation: Scenario = {
  id: 'installation',
  title: 'Installation',
  about:
    'Packages that come with it, its own included, and the bytes of their files; peers that npm installs by itself and ' +
    'optional packages of this platform count. Shared packages count for each, at the versions installed here.',
  cases: [{ id: 'npm', label: 'npm', transport: 'none' }],
  figures: [
    { id: 'packages', label: 'packages', unit: '', better: 'less' },
    { id: 'size', label: 'size', unit: 'MiB', better: 'less' },
  ],
  full: { sittings: 1, rounds: 1 },
  open: async (stage) => ({
    round: async () => {
      const name = packageOf(stage.subjectId);
      const own = name === undefined ? ROOT : folderOf(name, BENCH);
      if (own === undefined) throw new Error(`${name} is not installed`);
      const others = [...closureOf(own)];
      const folders = name === undefined ? PUBLISHED.map((folder) => join(ROOT, folder)) : [own];
      const bytes = [...others, ...folders].reduce((sum, folder) => sum + bytesIn(folder), 0);
      return { packages: others.length + 1, size: bytes / 1_024 ** 2 };
    },
    close: async () => undefined,
  }),
  subjects: ['supervisor', 'raw-v1', 'raw-v2', 'ai-sdk', 'langchain', 'mcp-use', 'mastra', 'mcporter'],
};
