/**
 * The map's HTML document: a frame without data. Everything that comes from a cluster is sent by message after `ready`, so
 * nothing here has to be escaped.
 */
import type { WebviewDocument } from '../webviewDocument.js';

/**
 * The document. Its policy allows our script by nonce and styles and fonts of our own folder, and nothing else: no inline
 * style, no eval, no other host. The controls' library asks whether `:focus-visible` is known by an empty style element; it
 * finds the nonce for it in the meta element.
 */
export function mapHtml({ cspSource, nonce, scriptUri, styleUri, language }: WebviewDocument): string {
  const policy = `default-src 'none'; img-src ${cspSource}; style-src ${cspSource} 'nonce-${nonce}'; font-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${styleUri}" />
    <title>Network Map</title>
  </head>
  <body data-vscode-context='{"preventDefaultContextMenuItems": true}'>
    <header>
      <h1 id="headline"></h1>
      <vscode-button id="fit" appearance="secondary">Fit</vscode-button>
      <vscode-button id="zoom-in" appearance="secondary" aria-label="Zoom in">+</vscode-button>
      <vscode-button id="zoom-out" appearance="secondary" aria-label="Zoom out">−</vscode-button>
      <vscode-button id="show-table" appearance="secondary">Show as Table</vscode-button>
    </header>
    <p id="notice" hidden></p>
    <ul id="conflicts" aria-label="Problems"></ul>
    <main id="stage">
      <canvas
        id="map"
        tabindex="0"
        role="application"
        aria-roledescription="network map"
        aria-label="Cluster network. Arrow keys move between nodes, ranges and pods, Enter selects in the tree; the same content is shown as a table by the button above."
      ></canvas>
      <div id="tooltip" role="tooltip" hidden></div>
    </main>
    <section id="table-area" aria-label="Cluster network as a table" hidden>
      <table id="table"></table>
    </section>
    <div id="live" aria-live="polite"></div>
    <script nonce="${nonce}" src="${scriptUri}"></script>
  </body>
</html>
`;
}
