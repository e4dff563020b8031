/**
 * What a host does with the skills of a server (SEP-2640): it lists them, reads nothing before somebody wants one, and
 * uses no file that is not what the list said it is.
 */

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { McpSupervisor, ServerInfo } from 'mcp-supervisor';
import { parse } from 'yaml';
import { z } from 'zod';

const EXTENSION = 'io.modelcontextprotocol/skills';
/** A server that goes on for ever is listened to no longer. */
const MAX_PAGES = 100;

const skillSchema = z.object({
  uri: z.string(),
  frontmatter: z.record(z.string(), z.unknown()),
  resources: z.array(z.object({ uri: z.string(), digest: z.string().startsWith('sha256:'), size: z.int().min(0) })),
});
const pageSchema = z.object({ skills: z.array(skillSchema), nextCursor: z.string().optional() });

/** What of a supervisor skills are read with. */
type Asking = Pick<McpSupervisor, 'request' | 'readResource'>;

/** A skill as it was listed. */
export type Skill = z.infer<typeof skillSchema>;

/** A file of a skill is not what was listed. */
export class SkillRefused extends Error {
  override readonly name = 'SkillRefused';
}

/** Whether a server has skills to list. */
export function offersSkills(info: ServerInfo | undefined): boolean {
  return info?.capabilities?.extensions?.[EXTENSION] !== undefined;
}

/** What each skill is called, and what it is made of. Reads none of it. */
export async function listSkills(mcp: Asking, server: string): Promise<Skill[]> {
  const skills: Skill[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const result = pageSchema.parse(await mcp.request(server, 'skills/list', params, { retry: 'always' }));
    skills.push(...result.skills);
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  return skills;
}

/** The files of a skill by their URI, the one that describes it first: where that is refused, no other is read. */
export async function loadSkill(mcp: Asking, server: string, skill: Skill): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const description = await readVerified(mcp, server, skill, skill.uri);
  verifyFrontmatter(skill, description.toString('utf8'));
  files.set(skill.uri, description);
  for (const { uri } of skill.resources) {
    if (!files.has(uri)) files.set(uri, await readVerified(mcp, server, skill, uri));
  }
  return files;
}

async function readVerified(mcp: Asking, server: string, skill: Skill, uri: string): Promise<Buffer> {
  const entry = skill.resources.find((resource) => resource.uri === uri);
  if (entry === undefined) throw new SkillRefused(`${uri} is not listed`);
  const { contents } = await mcp.readResource(server, uri);
  const [content] = contents;
  if (content === undefined || contents.length > 1) throw new SkillRefused(`${uri} is not one file`);
  const bytes = 'text' in content ? Buffer.from(content.text, 'utf8') : Buffer.from(content.blob, 'base64');
  if (bytes.byteLength !== entry.size) throw new SkillRefused(`${uri} has another size`);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (digest !== entry.digest) throw new SkillRefused(`${uri} has another digest`);
  return bytes;
}

/** What was approved is what the list said, so the file must say the same. */
function verifyFrontmatter({ uri, frontmatter }: Skill, text: string): void {
  const [, yaml] = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text) ?? [];
  const said: unknown = yaml === undefined ? undefined : parse(yaml);
  if (!isDeepStrictEqual(said, frontmatter)) throw new SkillRefused(`${uri} has another frontmatter`);
}
