/** What every page of ours in a panel is given: where its parts are, and the nonce of its script. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface WebviewDocument {
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Fresh for every document, from a cryptographic source. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** BCP 47 language of the texts. */
  readonly language: string;
}

/** Lets a panel load our own parts and nothing else, and gives it its icon. `name` is that of the page's bundle and icons. */
export function prepareWebview(
  panel: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  name: 'map' | 'result',
): WebviewDocument {
  const { webview } = panel;
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const media = vscode.Uri.joinPath(extensionUri, 'media');
  const part = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  panel.iconPath = {
    light: vscode.Uri.joinPath(media, `${name}-light.svg`),
    dark: vscode.Uri.joinPath(media, `${name}-dark.svg`),
  };
  return {
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    scriptUri: part(`${name}.js`),
    styleUri: part(`${name}.css`),
    language: vscode.env.language,
  };
}
