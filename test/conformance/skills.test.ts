/** The referee sees that a changed skill is not gone on with; here is seen why it is not, and that an unchanged one is loaded. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ONE, Stand } from '../contract/stand.ts';
import { type ServerUnderTest, TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { loadSkill, type Skill } from './skills.ts';

watchForLeaks();

const SKILL = 'skill://forms/SKILL.md';
const FIELDS = 'skill://forms/references/FIELDS.md';
const FRONTMATTER = { name: 'forms', description: 'Fill in forms', metadata: { fields: [1, 2] } };
const FILES = {
  [SKILL]: '---\nname: forms\nmetadata: { fields: [1, 2] }\ndescription: Fill in forms\n---\n\nÖffne das Formular.\n',
  [FIELDS]: 'Every field.\n',
};
const LISTED = listed(FILES);

let server: ServerUnderTest;
let stand: Stand;

beforeAll(async () => {
  server = await TRANSPORTS.stdio.start({ resources: FILES });
  stand = new Stand();
  await stand.add(server);
});

afterAll(async () => {
  await stand[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it('loads a skill that is what was listed', async () => {
  const files = await loadSkill(stand.mcp, ONE, LISTED);
  expect(Object.fromEntries([...files].map(([uri, bytes]) => [uri, bytes.toString()]))).toEqual(FILES);
});

it.each<[what: string, skill: Skill, uri: string]>([
  ['size', listed({ ...FILES, [FIELDS]: `${FILES[FIELDS]}\n` }), FIELDS],
  ['digest', listed({ ...FILES, [SKILL]: FILES[SKILL].replace('ffne', 'FFNE') }), SKILL],
  ['frontmatter', { ...LISTED, frontmatter: { ...FRONTMATTER, metadata: { fields: [1] } } }, SKILL],
])('refuses a skill of which a file has another %s', async (what, skill, uri) => {
  await expect(loadSkill(stand.mcp, ONE, skill)).rejects.toThrow(`${uri} has another ${what}`);
});

it('reads no file that is not listed', async () => {
  const skill = { ...LISTED, resources: LISTED.resources.filter(({ uri }) => uri !== SKILL) };
  await expect(loadSkill(stand.mcp, ONE, skill)).rejects.toThrow(`${SKILL} is not listed`);
});

function listed(files: Readonly<Record<string, string>>): Skill {
  const resources = Object.entries(files).map(([uri, text]) => ({
    uri,
    digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    size: Buffer.byteLength(text),
  }));
  return { uri: SKILL, frontmatter: FRONTMATTER, resources };
}
