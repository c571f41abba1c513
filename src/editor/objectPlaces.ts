/** Where fields of live objects stand in their documents, for documents that no editor shows. */
import * as vscode from 'vscode';
import { fieldLocator, type TextSpan } from '../core/manifests/locate.js';
import { objectText } from '../core/manifests/objectText.js';
import type { FieldPath, ObjectRef } from '../core/network/place.js';
import type { Cluster } from './cluster.js';

/** Ranges in the order of the paths. Rejects as the request for the object does. */
export async function locateFields(
  cluster: Cluster,
  ref: ObjectRef,
  paths: readonly FieldPath[],
): Promise<readonly vscode.Range[]> {
  const { json } = await cluster.request('object', { ref });
  const text = objectText(json);
  const locate = fieldLocator(text);
  return paths.map((path) => rangeOf(text, locate(path)));
}

function rangeOf(text: string, { start, end }: TextSpan): vscode.Range {
  const line = text.slice(0, start).split('\n').length - 1;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return new vscode.Range(line, start - lineStart, line, end - lineStart);
}
