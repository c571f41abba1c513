/**
 * What each check means, as documents that need no network: `cluster-network-checks:/CN101.md`, to which the codes in the
 * Problems panel link. Shown rendered (package.json makes the Markdown preview their editor).
 */
import * as vscode from 'vscode';
import { Scheme } from './contributions.js';
import type { Check } from '../core/checks/check.js';

/** What a page says; the rules for fields of manifests have it too. */
type Explained = Pick<Check, 'code' | 'title' | 'explanation' | 'source'>;

export function documentationOf(code: string): vscode.Uri {
  return vscode.Uri.from({ scheme: Scheme.checks, path: `/${encodeURIComponent(code)}.md` });
}

/** The checks by code. Loaded when first asked for: nothing of them is needed before there is a finding. */
export async function checksByCode(): Promise<ReadonlyMap<string, Explained>> {
  const { CHECKS } = await import('../core/checks/index.js');
  const { FIELD_RULES } = await import('../core/manifests/fieldRules.js');
  const { EXPLAINED_PROBE_FINDINGS } = await import('../core/reach/findings.js');
  const all: readonly Explained[] = [...CHECKS, ...Object.values(FIELD_RULES), ...EXPLAINED_PROBE_FINDINGS];
  return new Map(all.map((explained) => [explained.code, explained]));
}

export function registerDocumentation(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(Scheme.checks, {
    async provideTextDocumentContent(uri) {
      const code = decodeURIComponent(uri.path.slice(1, -'.md'.length));
      const check = (await checksByCode()).get(code);
      return check === undefined ? vscode.l10n.t('There is no check {0}.', code) : page(check);
    },
  });
}

function page({ code, title, explanation, source }: Explained): string {
  return `# ${code}: ${title}\n\n${explanation}\n\n> ${source.sentence}\n>\n> <${source.url}>\n`;
}
