/** docs/checks.md, made of the checks' own words. `npm run docs` writes it; a test holds the file against this. */
import type { Check } from '../src/core/checks/check.js';

/** What a chapter says of a code. */
export type Documented = Pick<Check, 'code' | 'name' | 'title' | 'explanation' | 'source'>;

/** Chapters by the first digit of the code. */
const CHAPTERS: Readonly<Record<string, string>> = {
  1: 'Overlaps',
  2: 'Addresses',
  3: 'Sizes',
  4: 'Reachability',
  5: 'Configuration',
};

const INTRODUCTION = `<!-- Made by "npm run docs" of the checks in src/core/checks. Do not edit. -->

# Checks

What is found in a cluster, or in manifests, what it means, and what is deliberately not reported. A finding names a fact and its consequence, every place concerned, and what was seen.

**Severity follows certainty.** An error is certain. What is only probably wrong is a warning that says so; information and hints are worth knowing. Nothing is concluded from what could not be read. What starts with CN45 is not read but measured: it was found by _Verify Network Model_, and stays until that is run again or it is dismissed. Each code can be given another severity, or be switched off, in the settings and with \`--severity\` on the [command line](cli.md).
`;

const section = ({ code, name, title, explanation, source }: Documented): string => `### ${code}

**${title}** (\`${name}\`)

${explanation}

> ${source.sentence}
>
> <${source.url}>
`;

/** The whole document. */
export function checksDocument(checks: readonly Documented[]): string {
  const parts = [INTRODUCTION];
  const list = checks.map(({ code, title }) => `- [${code}](#${code.toLowerCase()}) ${title}`);
  parts.push(`${list.join('\n')}\n`);
  for (const [digit, chapter] of Object.entries(CHAPTERS)) {
    const ofChapter = checks.filter(({ code }) => code.startsWith(`CN${digit}`));
    if (ofChapter.length > 0) parts.push(`## ${chapter}\n`, ...ofChapter.map(section));
  }
  return parts.join('\n');
}
